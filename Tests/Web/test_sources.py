"""What the sources of the pages keep: shared pages name no solution, words are in files of strings, styles have no left and right."""
import re
from pathlib import Path

import literals
import pytest
from fake.server import ROOT

WEB = ROOT / "Web"
SHARED = ["app", "home", "lib", "parts", "admin", "account", "broker", "docs", "styles"]
SOLUTIONS = sorted(folder.parent.name for folder in WEB.glob("*/solution.js"))
# Folders whose words have not all gone to a file of strings yet.
WITH_WORDS = []
LONGEST = 120
# Names that are everyday words of JavaScript as well: they count in quotes and in addresses alone. As scripts/check-rooms does.
EVERYDAY = {"module", "modules"}


def sources(folders, *ends):
    for folder in folders:
        for file in sorted((WEB / folder).rglob("*")):
            if file.suffix in ends:
                yield file


def kinds_of(solution):
    """The kinds of device that a solution declares."""
    text = (WEB / solution / "solution.js").read_text()
    block = re.search(r"\n    kinds: \{\n(.*?)\n    \},\n", text, re.S)
    return re.findall(r"^        '?([\w-]+)'?: [{]", block[1], re.M) if block else []


def named(text, solution, kinds):
    """Where a text names a solution: its id as a word, as in an address, a topic, a right or an import; and its kinds of device."""
    word = rf"(?<=['\"`/]){solution}(?=['\"`/.])" if solution in EVERYDAY else rf"(?<![\w-]){solution}(?![\w-])"
    # `<script type="module">` is no device.
    patterns = [word, *(rf"(?<!type=)['\"`]{kind}['\"`]|(?<![\w-]){kind}_" for kind in kinds)]
    return [match[0] for pattern in patterns for match in re.finditer(pattern, text, re.I)]


def test_there_are_solutions():
    assert {"nodes", "parking"} <= set(SOLUTIONS) and not set(SOLUTIONS) & set(SHARED)


@pytest.mark.parametrize("solution", SOLUTIONS)
def test_shared_pages_name_no_solution(solution):
    kinds = kinds_of(solution)
    files = [*sources(SHARED, ".js", ".css"), WEB / "index.html", WEB / "strings.en.js"]
    found = {str(file.relative_to(WEB)): names for file in files if (names := named(file.read_text(), solution, kinds))}
    assert found == {}


@pytest.mark.parametrize("line", ["import { useNodes } from '/nodes/store.js';", "href=\"/nodes\"", "needs: 'nodes.view'", "if (kind === 'node')", "node_01",
                                  "topics: ['nodes/+/state']", "/* Nodes */"])
def test_the_check_finds_a_solution_that_is_named(line):
    assert named(line, "nodes", ["node"]) != []


@pytest.mark.parametrize("line", ["import { useModules } from '/modules/store.js';", "href=\"/modules\"", "needs: 'modules.view'", "if (kind === 'module')", "module_01",
                                  "topics: ['modules/+/state']"])
def test_the_check_finds_a_solution_that_has_an_everyday_name(line):
    assert named(line, "modules", ["module"]) != []


@pytest.mark.parametrize(("solution", "kind"), [("classrooms", "classroom"), ("modules", "module"), ("busstop", "busstop")])
def test_shared_pages_name_none_of_the_solutions_to_come(solution, kind):
    files = [*sources(SHARED, ".js", ".css"), WEB / "index.html", WEB / "strings.en.js"]
    assert {str(file.relative_to(WEB)): names for file in files if (names := named(file.read_text(), solution, [kind]))} == {}


def test_a_solution_needs_no_other():
    for solution in SOLUTIONS:
        for file in sources([solution], ".js"):
            others = [name for name in SOLUTIONS if name != solution and re.search(rf"from '/{name}/|import\('/{name}/", file.read_text())]
            assert others == [], file


# Words.


def has_words(file):
    return not file.name.endswith(".en.js") and file.parent.name not in WITH_WORDS


@pytest.mark.parametrize("folder", [folder for folder in SHARED + SOLUTIONS if folder != "styles"])
def test_words_for_people_are_in_files_of_strings(folder):
    found = {str(file.relative_to(WEB)): words for file in sources([folder], ".js") if has_words(file) and (words := literals.literals(file.read_text()))}
    assert found == {}


@pytest.mark.parametrize(("source", "words"), [
    ("html`<p>Nobody is here</p>`", "Nobody is here"), ("html`<button aria-label=\"Close\">${x}</button>`", 'aria-label="Close"'),
    ("html`<${Empty} title=\"Nothing yet\" />`", 'title="Nothing yet"'), ("toast({ text: `${name} is changed.` })", "… is changed."),
    ("const fault = 'Use other characters.';", "Use other characters."), ("html`<ul>${list.map((x) => html`<li>One of ${x}</li>`)}</ul>`", "One of"),
])
def test_the_check_finds_words(source, words):
    assert [found for _, found in literals.literals(source)] == [words]


@pytest.mark.parametrize("source", ["html`<p class=\"lead wide\">${t('lead')}</p>`", "// Words of a comment are for those who read it.", "const a = /Mac OS X/;",
                                    "throw new Error('No such thing here');", "html`<code>martlet user add</code>`", "html`<a href=\"/admin\">${x}</a>`"])
def test_the_check_takes_nothing_else_for_words(source):
    assert literals.literals(source) == []


def messages(file):
    return [first or second for first, second in re.findall(r"^    (?:'([^']+)'|(\w+)): ", file.read_text(), re.M)]


CALL = re.compile(r"(?<![\w.$])t\(((?:[^()]|\([^()]*\))*?)(?:, \{|\)|,$)", re.M)


def asked_for(text):
    """Keys that a source asks for, and the beginnings of those that it makes."""
    keys, beginnings = set(), set()
    for argument in CALL.findall(text):
        keys |= set(re.findall(r"'([^']+)'", re.sub(r"[!=]== '[^']*'|\[[^\]]*\]|`[^`]*`", "", argument)))
        beginnings |= set(re.findall(r"`([^`$]*)\$\{", argument))
    return keys, beginnings


def strings_of(source):
    """The files whose messages a source can ask for: of the module of words that its `t` comes from, or of its own."""
    found = re.search(r"import \{[^}]*\bt\b[^}]*\} from '/([^']+)'", source.read_text())
    return set(re.findall(r"from '/([^']+[.]en[.]js)'", (WEB / found[1]).read_text() if found else source.read_text()))


STRINGS = {str(file.relative_to(WEB)): messages(file) for file in sorted(WEB.rglob("*.en.js"))}
SPEAKERS = [source for source in sources(SHARED + SOLUTIONS, ".js") if not source.name.endswith(".en.js") and re.search(r"(?<![\w.$])t\(", source.read_text())]


@pytest.mark.parametrize("source", SPEAKERS, ids=lambda source: str(source.relative_to(WEB)))
def test_every_message_that_is_asked_for_is_there(source):
    held = {key for file in strings_of(source) for key in STRINGS[file]}
    keys, beginnings = asked_for(source.read_text())
    assert keys - held == set()
    assert [each for each in beginnings if not any(key.startswith(each) for key in held)] == []


def parts(text):
    """What is between the commas of an argument list or an object, whatever has commas within."""
    found, depth, start = [], 0, 0
    for at, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            found.append(text[start:at])
            start = at + 1
    return [part.strip() for part in [*found, text[start:]] if part.strip()]


def calls(text):
    """(keys, names of the values that are given) of each call of `t`; names are None where they cannot be told."""
    for match in re.finditer(r"(?<![\w.$])t\(", text):
        depth, at = 1, match.end()
        while depth:
            depth += (text[at] in "([{") - (text[at] in ")]}")
            at += 1
        first, *more = parts(text[match.end():at - 1])
        keys = re.findall(r"(?:^|\? |: )'([^']+)'", re.sub(r"\s+", " ", first))
        names = {re.match(r"\w+|\.\.\.", part)[0] for part in parts(more[0].strip()[1:-1])} if more else set()
        yield keys, None if "..." in names else names


@pytest.mark.parametrize("source", SPEAKERS, ids=lambda source: str(source.relative_to(WEB)))
def test_a_message_is_given_the_values_that_it_names(source):
    held = dict(pair for file in strings_of(source) for pair in re.findall(r"^    '?([\w.°%-]+)'?: (.*)$", (WEB / file).read_text(), re.M))
    for keys, names in calls(source.read_text()):
        for key in keys:
            wanted = set(re.findall(r"\{(\w+)\}", re.sub(r"^\{|\},?$", "", held.get(key, ""))))
            is_plural = held.get(key, "").startswith("{")
            assert names is None or wanted | ({"count"} if is_plural else set()) <= names, key


@pytest.mark.parametrize("file", STRINGS)
def test_every_message_is_there_once_and_is_asked_for(file):
    held = STRINGS[file]
    assert len(held) == len(set(held))
    texts = [source.read_text() for source in SPEAKERS if file in strings_of(source)]
    beginnings = {each for text in texts for each in asked_for(text)[1]}
    everywhere = "\n".join(texts)
    assert [key for key in held if f"'{key}'" not in everywhere and not any(key.startswith(each) for each in beginnings if each)] == []


def is_sentence(key):
    """A name made of a message's first words says nothing that the message does not, and is wrong when that changes; a number says nothing."""
    return len(re.findall("[A-Z]", key.rpartition(".")[2])) > 2 or re.search(r"[a-z]\d$", key.rpartition(".")[2]) is not None


@pytest.mark.parametrize("file", STRINGS)
def test_messages_have_names(file):
    assert [key for key in STRINGS[file] if is_sentence(key) and not key.startswith("field.")] == []


@pytest.mark.parametrize(("key", "sentence"), [("theReadingsCouldNotBe", True), ("spots2", True), ("readings.unread", False), ("booking.reserveSpot", False),
                                               ("page.signIn", False), ("latency.99", False)])
def test_the_check_knows_a_sentence(key, sentence):
    assert is_sentence(key) == sentence


# Styles, and lines.

PHYSICAL = re.compile(r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)|(?:left|right):|text-align: (?:left|right)|float:)")
FOUR = re.compile(r"(?<![\w-])(?:margin|padding|inset|border-width): ([^\s;]+) ([^\s;]+) ([^\s;]+) ([^\s;]+)[\s;]")


def physical(text):
    plain = re.sub(r"/\*.*?\*/|\([^()]*(?:\([^()]*\)[^()]*)*\)", "", text, flags=re.S)
    return PHYSICAL.findall(plain) + [match[0] for match in FOUR.finditer(plain) if match[2] != match[4] and "!" not in match[4]]


def test_styles_know_start_and_end_only():
    assert {str(file.relative_to(WEB)): found for file in WEB.rglob("*.css") if (found := physical(file.read_text()))} == {}


@pytest.mark.parametrize("rule", ["a { margin-left: 1px; }", "a { left: 0; }", "a { text-align: right; }", "a { padding: 0 8px 0 16px; }", "a { border-right-width: 0; }"])
def test_the_check_finds_left_and_right(rule):
    assert physical(rule) != []


def test_lines_end():
    """Messages and drawings are as long as they are."""
    long = [f"{file.relative_to(WEB)}:{number}" for file in WEB.rglob("*.js") if not file.name.endswith(".en.js")
            for number, line in enumerate(file.read_text().splitlines(), 1) if len(line) > LONGEST and not re.search(r"'M\d", line)]
    assert long == []
