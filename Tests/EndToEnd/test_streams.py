"""Bodies that stream, on the built program of Examples/Streams: an upload larger than the hub may grow, a picture that moves until it stops."""

import http.client
import threading
from pathlib import Path

import pytest

from conftest import LOGS
from support.accounts import Closed
from support.server import BINARY, Martlet
from support.waiting import wait_for

PIECE = b"x" * 1_000_000


class Streams(Martlet):
    binary = BINARY.parent / "streams"


class ClosedStreams(Closed):
    binary = Streams.binary


@pytest.fixture
def hub(tmp_path):
    made = Streams(tmp_path / "data", LOGS / "e2e-streams.log").start()
    yield made
    made.end()


def resident(hub):
    """MiB."""
    status = Path(f"/proc/{hub.process.pid}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024


def test_an_upload_takes_no_memory_and_a_report_goes_past_it(hub):
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="film.bin"\r\n\r\n'
    pieces, tail = 60, b"\r\n--b--\r\n"
    connection = http.client.HTTPConnection("127.0.0.1", hub.http_port, timeout=60)
    connection.putrequest("POST", "/api/streams/uploads")
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader("Content-Length", str(len(head) + pieces * len(PIECE) + len(tail)))
    connection.endheaders()
    connection.send(head + PIECE)
    before, most = resident(hub), 0
    for number in range(1, pieces):
        connection.send(PIECE)
        most = max(most, resident(hub))
        if number == pieces // 2:
            # Half of it is under way: somebody else is answered all the same.
            reported = hub.ask("/api/nodes/01/telemetry", "POST", {"node_id": "node_01", "sensors": {"t": 1}})
            assert reported.status == 200
    connection.send(tail)
    answer = connection.getresponse()
    assert answer.status == 200 and b'"bytes":60000000,' in answer.read()
    assert most - before < 30, f"from {before:.0f} to {most:.0f} MiB"


def test_a_camera_pushes_a_moving_picture(hub):
    def frames():
        # More than the parts that a form may have, and none of them whole in one piece.
        for number in range(100):
            frame = b"--frame\r\nContent-Type: image/jpeg\r\n\r\n" + bytes([number]) * 20_000 + b"\r\n"
            yield frame[:7_000]
            yield frame[7_000:]
        yield b"--frame--\r\n"

    connection = http.client.HTTPConnection("127.0.0.1", hub.http_port, timeout=60)
    connection.request("POST", "/api/streams/camera", frames(), {"Content-Type": "multipart/x-mixed-replace; boundary=frame"}, encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b'{"frames":100,"bytes":2000000}')
    # One that breaks off within a frame is no picture.
    connection = http.client.HTTPConnection("127.0.0.1", hub.http_port, timeout=60)
    connection.request("POST", "/api/streams/camera", iter([b"--frame\r\n\r\nhalf a fr"]), {"Content-Type": "multipart/x-mixed-replace; boundary=frame"}, encode_chunked=True)
    assert connection.getresponse().status == 400


def test_a_moving_picture_goes_on_and_ends_with_the_hub(hub):
    ended, frames = threading.Event(), []

    def watch():
        connection = http.client.HTTPConnection("127.0.0.1", hub.http_port, timeout=60)
        connection.request("GET", "/api/streams/camera")
        answer = connection.getresponse()
        assert answer.getheader("Content-Type").startswith("multipart/x-mixed-replace")
        try:
            while piece := answer.read1(65_536):
                frames.append(piece.count(b"--frame"))
        finally:
            ended.set()

    watchers = [threading.Thread(target=watch, daemon=True) for _ in range(5)]
    for watcher in watchers:
        watcher.start()
    wait_for(lambda: sum(frames) >= 5 * 5, "five frames for each", 30)
    assert not ended.is_set()
    hub.stop()
    for watcher in watchers:
        watcher.join(10)
        assert not watcher.is_alive(), "a reader still waits"


def test_a_moving_picture_ends_for_somebody_who_may_not_see_it_any_more(tmp_path):
    hub = ClosedStreams(tmp_path / "data", LOGS / "e2e-streams-closed.log").start()
    try:
        readers = {person: http.client.HTTPConnection("127.0.0.1", hub.http_port, timeout=20) for person in (hub.person("operator"), hub.person("operator"))}
        answers = {}
        for person, connection in readers.items():
            connection.request("GET", "/api/streams/camera", headers=person.headers)
            answers[person] = connection.getresponse()
            assert answers[person].status == 200 and answers[person].read1(1_000)
        gone, stays = readers
        hub.admin.must("POST", f"/api/users/{gone.name}/disable")

        def has_ended(answer):
            try:
                return answer.read1(65_536) == b""
            except (http.client.HTTPException, OSError):
                return True

        wait_for(lambda: has_ended(answers[gone]), "the picture ends", 15, 0)
        assert answers[stays].read1(1_000) and "martlet_http_answers_dismissed_total 1" in hub.metrics_text()
    finally:
        hub.end()
