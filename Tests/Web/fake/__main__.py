"""python -m fake [--nodes N] [--interval S] [--port P]: for working on the pages without a server."""
import argparse
import time

from .server import Server
from .world import World

arguments = argparse.ArgumentParser(prog="fake")
arguments.add_argument("--nodes", type=int, default=5)
arguments.add_argument("--interval", type=float, default=1.0)
arguments.add_argument("--port", type=int, default=8090)
chosen = arguments.parse_args()
server = Server(World(chosen.nodes, chosen.interval), chosen.port).start()
print(server.url, flush=True)
while True:
    time.sleep(60)
