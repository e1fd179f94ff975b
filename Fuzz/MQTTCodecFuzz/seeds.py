#!/usr/bin/env python3
"""Writes a seed for libFuzzer from each case file block: seeds.py CASES OUTPUT."""

import hashlib
import pathlib
import sys

CONNECT = {
    "3.1": bytes.fromhex("100f00064d51497364700302003c000170"),
    "3.1.1": bytes.fromhex("100d00044d5154540402003c000170"),
    "5.0": bytes.fromhex("100e00044d5154540502003c00000170"),
}

# The first byte of a seed whose receiver is a client of that version.
RECEIVER = {"3.1": 11, "3.1.1": 3, "5.0": 1}


def parse(text):
    """Bytes of a `bytes` line; the words before the bytes are dropped."""
    data = b""
    for word in text.split():
        if word in ("connected", "unconnected"):
            continue
        data += word[1:-1].encode() if word.startswith("'") else bytes.fromhex(word)
    return data


def main(cases, output):
    output.mkdir(parents=True, exist_ok=True)
    for file in sorted(cases.glob("*.txt")):
        sender, version = "client", "5.0"
        for line in file.read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition(" ")
            value = value.strip()
            if key == "from":
                sender, version = value.split()
            elif key == "bytes":
                data = parse(value)
                if sender == "client":
                    seed = bytes([0]) + (b"" if data[:1] == b"\x10" else CONNECT[version]) + data
                else:
                    seed = bytes([RECEIVER[version]]) + data
                (output / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
