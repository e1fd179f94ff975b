"""Debian's Chromium, without anything that it does by itself on the network."""
import os

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]


def launch(play, **options):
    return start(play.chromium, **options)


def start(chromium, **options):
    return chromium.launch(executable_path=os.environ.get("MARTLET_CHROMIUM", "/usr/bin/chromium"), headless=True, args=ARGUMENTS, **options)
