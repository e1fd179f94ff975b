"""Many who try passwords at once: 8 clients, one sign-in after the other, with many names and from many addresses of this machine.

usage: storm.py HTTP-PORT SECONDS [NAME-OF-AN-ACCOUNT]
Prints how often each status came, as one line of JSON.
"""

import collections
import itertools
import json
import random
import secrets
import socket
import sys
import threading
import time

CLIENTS = 8
ADDRESSES = [f"127.0.0.{number}" for number in range(2, 252)]
# Whoever is refused at once waits so long: this program must not take the processor from what is measured.
PAUSE_SECONDS = 0.02

port, seconds = int(sys.argv[1]), float(sys.argv[2])
account = sys.argv[3] if len(sys.argv) > 3 else None
end = time.monotonic() + seconds
counts, lock = collections.Counter(), threading.Lock()
names = (account if account and number % 10 == 0 else f"person-{number % 2_000}" for number in itertools.count())


def attempt(name):
    body = json.dumps({"username": name, "password": secrets.token_urlsafe(12)})
    request = (
        f"POST /api/auth/login HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    )
    with socket.create_connection(("127.0.0.1", port), 30, (random.choice(ADDRESSES), 0)) as connection:
        connection.sendall(request.encode())
        answer = connection.recv(4_096)
    return answer[9:12].decode() if answer.startswith(b"HTTP/1.") else "closed"


def client():
    while time.monotonic() < end:
        with lock:
            name = next(names)
        try:
            status = attempt(name)
        except OSError:
            status = "closed"
        with lock:
            counts[status] += 1
        if status != "401":
            time.sleep(PAUSE_SECONDS)


threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps(counts))
