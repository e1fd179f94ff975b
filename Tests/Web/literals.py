"""Finds words for people that stand in the pages' sources instead of their files of strings. A heuristic: it reads the templates of htm and the
strings of JavaScript, and takes for words what looks like them."""
import re
from pathlib import Path

STYLES = [sheet.read_text() for sheet in (Path(__file__).resolve().parents[2] / "Web").rglob("*.css")]
CLASSES = {name for text in STYLES for name in re.findall(r"\.([a-z][\w-]*)", text)}

# Attributes and properties that people read or hear.
SPOKEN = {"title", "aria-label", "label", "placeholder", "hint", "alt", "caption", "legend", "word", "note", "says", "action", "unit", "text", "heading",
          "empty", "idle", "what", "of", "aria-description"}
LETTERS = re.compile(r"[A-Za-z]{2,}")
# Between words of people there are spaces; what is one word may be a class or a key, unless it begins with a capital.
WORDS = re.compile(r"[A-Za-z][a-z']+[,;:]? [A-Za-z]?[a-z']+")
TAG = re.compile(r"""<(/?)([\w\x00.-]*)((?:\s+[\w@:.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?|\s*\.\.\.\x00+|\s+\x00+)*)\s*/?>""")
ATTRIBUTE = re.compile(r"""([\w@:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
READ_OUT = "\0read out"
# Names that are the same in every language, and what programs read.
SAME = re.compile(r"^(Martlet|MQTT|HTTP|CSV|API|OpenAPI|dBm|Id|GET|POST|MQTT_\w+)$")


class Reader:
    """Cuts a source into its templates (each ${} is a NUL) and its other strings, with the line of each."""

    def __init__(self, source):
        self.source, self.at, self.templates, self.strings, self.read_out = source, 0, [], [], False
        self.code(end=None)

    def line(self, at):
        return self.source.count("\n", 0, at) + 1

    def code(self, end):
        text, before = self.source, ""
        while self.at < len(text):
            rest = text[self.at]
            if end and rest == end:
                self.at += 1
                return
            if text.startswith("//", self.at):
                self.at = text.find("\n", self.at)
                if self.at < 0:
                    self.at = len(text)
            elif text.startswith("/*", self.at):
                self.at = text.index("*/", self.at) + 2
            elif rest in "'\"":
                self.string(rest)
                before = rest
            elif rest == "`":
                tagged = text[max(0, self.at - 4):self.at] == "html"
                self.template(tagged)
                before = rest
            elif rest == "/" and re.search(r"(^|[=(,:\[!&|?{};>]|return)\s*$", text[max(0, self.at - 12):self.at]):
                self.pattern()
                before = rest
            elif rest == "{":
                self.at += 1
                self.code("}")
            else:
                self.at += 1

    def pattern(self):
        inside = False
        self.at += 1
        while self.source[self.at] != "/" or inside:
            if self.source[self.at] == "\\":
                self.at += 1
            elif self.source[self.at] == "[":
                inside = True
            elif self.source[self.at] == "]":
                inside = False
            self.at += 1
        self.at += 1

    def string(self, quote):
        start = self.at
        self.at += 1
        while self.source[self.at] != quote:
            self.at += 2 if self.source[self.at] == "\\" else 1
        self.at += 1
        before = self.source[max(0, start - 60):start]
        self.strings.append((self.line(start), self.source[start + 1:self.at - 1], before))
        # What a hole gives where people read it: one of two words, or a word in the place of none.
        if self.read_out and not re.search(r"(?<![\w.$])t\([^()]*$|tone", before) and re.search(r"(\?|\?\?|:|&&|\|\|)\s*$", before) and LETTERS.search(self.source[start + 1:self.at - 1]):
            self.strings.append((self.line(start), f"{self.source[start + 1:self.at - 1]}", READ_OUT))

    def template(self, tagged):
        start, out, outer = self.at, [], self.read_out
        self.at += 1
        while self.source[self.at] != "`":
            if self.source.startswith("${", self.at):
                self.read_out = tagged and is_read("".join(out))
                self.at += 2
                self.code("}")
                self.read_out = outer
                out.append("\0")
            elif self.source[self.at] == "\\":
                out.append(" ")
                self.at += 2
            else:
                out.append(self.source[self.at])
                self.at += 1
        self.at += 1
        (self.templates if tagged else self.strings).append((self.line(start), "".join(out), self.source[max(0, start - 60):start]))


def is_read(before):
    """Whether people read what comes next in a template: between tags, or in an attribute of theirs."""
    tag = before[before.rfind("<"):] if before.rfind("<") > before.rfind(">") else ""
    attribute = re.search(r"([\w-]+)=$", before)
    return attribute[1] in SPOKEN if tag and attribute else not tag


def of_template(text):
    """Words in one template of htm: between its tags, and in attributes that people read."""
    for _, name, attributes in TAG.findall(text):
        for key, double, single in ATTRIBUTE.findall(attributes):
            words = double or single
            if key in SPOKEN and LETTERS.search(words) and not SAME.match(words.strip()):
                yield f'{key}="{words}"'
    outside = re.sub(r"<(code|pre)(?:\s[^>]*)?>[^<]*</\1>", "", text)
    for piece in TAG.sub("\1", outside).split("\1"):
        words = re.sub(r"&\w+;|\0", " ", piece).strip()
        if LETTERS.search(words) and not SAME.match(words):
            yield " ".join(words.split())[:80]


def of_string(text, before):
    """Words in another string: what has spaces between small letters, or ends like a sentence."""
    if re.search(r"(from|import|import\(|console\.\w+\(|new Error\(|class=|case)\s*$", before) or SAME.match(text):
        return
    if before == READ_OUT and not re.fullmatch(r"true|false|UTC", text):
        yield text
        return
    if re.match(r"(/|-\w |martlet |curl |mosquitto_pub |\0 (simulate|device) |[.#\[(]|true$)", text) or set(text.split()) <= CLASSES:
        return      # an address, what is typed into a shell, what finds elements, classes
    is_sentence = re.match(r"[A-Z]", text) and re.search(r"[.?!…:]$", text)
    if WORDS.search(text) and (is_sentence or not re.search(r"[{};=<>]", text)):
        yield text.replace("\0", "…")[:80]


def literals(source):
    """[(line, words)] of one file."""
    reader = Reader(source)
    found = [(line, words) for line, text, _ in reader.templates for words in of_template(text)]
    found += [(line, words) for line, text, before in reader.strings for words in of_string(text, before)]
    return sorted(found)


if __name__ == "__main__":
    import sys
    from pathlib import Path
    for name in sys.argv[1:]:
        for line, words in literals(Path(name).read_text()):
            print(f"{name}:{line}: {words}")
