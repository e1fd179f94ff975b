"""What the hub says when it refuses: sentences that begin with a capital or the name of what was sent, and end. Read from the sources, without a hub."""

import re

import pytest

from support.server import ROOT

# The tests' own parts refuse in the place of others, and nobody reads what they say.
FOLDERS = [folder for folder in sorted((ROOT / "Sources").iterdir()) if folder.name not in ("HubTesting", "TestCertificates")]
FOLDERS += sorted((ROOT / "Examples").glob("*/Sources"))
CALL = re.compile(r'\bRefusal\(\s*(?:\.?\w+,\s*)(?=")')
# Where a sentence is put in behind the place that it is about; and what is said of a setting, which ends with what it may be.
WITHIN = {"Sources/HubModel/JSON/JSONMembers.swift", "Sources/SolutionKit/Settings/SettingValues.swift"}


def literal(text, at):
    """The literal that begins at this quote, with `\\(…)` in the place of what is put in, and where it ends; a literal of several lines is one line."""
    quote = '"""' if text.startswith('"""', at) else '"'
    at += len(quote)
    said = ""
    while not text.startswith(quote, at):
        if text[at] != "\\":
            said, at = said + text[at], at + 1
        elif text[at + 1] != "(":
            said, at = said + text[at:at + 2], at + 2
        else:
            said, at, depth = said + "\\(…)", at + 2, 1
            while depth:
                if text[at] == '"':
                    _, at = literal(text, at)
                    continue
                depth += {"(": 1, ")": -1}.get(text[at], 0)
                at += 1
    return " ".join(said.split()), at + len(quote)


def details(text):
    """What each refusal of a source says that says it in one literal, with its line; the texts are read as the compiler reads them."""
    for call in CALL.finditer(text):
        said, end = literal(text, call.end())
        if re.match(r"\s*[,)]", text[end:]):
            yield text.count("\n", 0, call.start()) + 1, said


def is_sentence(said, names):
    first = re.match(r"[a-z]\w*", said)
    return said.endswith((".", "?", "!")) and (first is None or first[0] in names)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_a_refusal_is_a_sentence(folder):
    fragments = []
    sources = {path: path.read_text() for path in sorted(folder.rglob("*.swift"))}
    # A member or a parameter is a text of its own somewhere in the folder.
    names = set(re.findall(r'"([a-z]\w*)"', "".join(sources.values())))
    for path, text in sources.items():
        place = str(path.relative_to(ROOT))
        if place not in WITHIN:
            fragments += [f"{place}:{line}: {said}" for line, said in details(text) if not is_sentence(said, names)]
    assert fragments == [], "\n".join(fragments)


def test_fragments_are_found():
    source = r'''
        throw Refusal(.notFound, "There is no device \(known["a"] ?? "b(").")
        throw Refusal(.notFound, "level is 0 to 100.")
        throw Refusal(
            code, "its file is missing; send it again")
        throw Refusal(.notFound, "There is no \(thing)")
        throw Refusal(.conflict, "nothing here.", retryAfterSeconds: 5)
    '''
    found = [(line, said) for line, said in details(source) if not is_sentence(said, {"level"})]
    assert found == [(4, "its file is missing; send it again"), (6, "There is no \\(…)"), (7, "nothing here.")]
