"""A stand-in for the server: docs/live.md and docs/nodes-api.md with nodes made of sine waves.

The pages are developed and tested against it; tests can make it do on demand what a real server does rarely: stop,
refuse, forget events, let a node fall silent.
"""
