"""The browser that pages are opened in, started as these tests want it."""

import os

PATH = os.environ.get("MARTLET_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]


def launch(chromium):
    return chromium.launch(executable_path=PATH, headless=True, args=ARGUMENTS)
