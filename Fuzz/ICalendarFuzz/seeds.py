#!/usr/bin/env python3
"""Writes seeds for libFuzzer of the case files: seeds.py CASES OUTPUT. Each file, and each of its components in a calendar of its own."""

import hashlib
import pathlib
import re
import sys


def main(cases, output):
    output.mkdir(parents=True, exist_ok=True)
    for file in sorted(cases.glob("*/*.ics")):
        data = file.read_bytes()
        parts = re.findall(rb"BEGIN:(?:VEVENT|VTIMEZONE).*?END:(?:VEVENT|VTIMEZONE)\r?\n", data, re.S)
        for stream in [data, *(b"BEGIN:VCALENDAR\r\n" + part + b"END:VCALENDAR\r\n" for part in parts)]:
            for seed in (b"\0\7" + stream, b"\1\3" + stream):
                (output / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
