#!/usr/bin/env python3
"""Writes a seed for libFuzzer from each case file block: seeds.py CASES OUTPUT."""

import hashlib
import pathlib
import re
import sys

ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", "\\": b"\\"}


def parse(text):
    """Bytes of a `body` line."""
    data = b""
    for piece in re.findall(r"\\x[0-9a-f]{2}|\\.|[^\\]+", text):
        if piece.startswith("\\x"):
            data += bytes.fromhex(piece[2:])
        else:
            data += ESCAPES[piece[1]] if piece[0] == "\\" else piece.encode()
    return data


def main(cases, output):
    output.mkdir(parents=True, exist_ok=True)
    for file in sorted(cases.glob("*.txt")):
        for block in file.read_text(encoding="utf-8").split("\ncase ")[1:]:
            boundary, kind, body = b"b", 0, b""
            for line in block.splitlines():
                key, _, value = line.partition(" ")
                if key == "type":
                    boundary = re.search(r'boundary="?([^"]*)', value)[1].encode()
                elif key == "kind":
                    kind = value.strip() == "other"
                elif key == "body":
                    body += parse(value.lstrip(" "))
            seed = bytes([kind, 7, len(boundary) - 1]) + boundary + body
            (output / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
