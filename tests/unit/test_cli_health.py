"""`health` as Docker and people meet it: the bot's own words, and an exit code."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.unit.test_cli import complaints, easel

WELL = "ok   discord: connected\nok   database: written\nok   keys: 1 of 1 usable\n"
SICK = "FAIL discord: not connected; it keeps trying\nok   database: written\nok   keys: 1 of 1 usable\n"


@contextmanager
def answering(status: int, text: str) -> Iterator[int]:
    """A server that gives one answer to whoever asks how it is. Yields its port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name the library gives it
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            serving.join()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_a_healthy_bot_is_told_in_its_own_words(tmp_path: Path, host: str) -> None:
    with answering(200, WELL) as port:
        done = easel(tmp_path, "health", EASEL__METRICS__LISTEN=f"{host}:{port}")
    assert (done.returncode, done.stdout, done.stderr) == (0, WELL, "")


def test_a_sick_bot_is_exit_code_1_and_says_what_it_lacks(tmp_path: Path) -> None:
    with answering(503, SICK) as port:
        done = easel(tmp_path, "health", EASEL__METRICS__LISTEN=f"127.0.0.1:{port}")
    assert (done.returncode, done.stdout, done.stderr) == (1, SICK, "not healthy\n")


def test_a_proxy_in_the_environment_is_not_asked(tmp_path: Path) -> None:
    with answering(200, WELL) as port:
        done = easel(tmp_path, "health", EASEL__METRICS__LISTEN=f"127.0.0.1:{port}", http_proxy="http://127.0.0.1:9")
    assert done.returncode == 0


def test_where_nobody_answers_there_is_no_bot(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = easel(tmp_path, "health", EASEL__METRICS__LISTEN=f"127.0.0.1:{port}")
    assert done.returncode == 1
    (line,) = complaints(done)
    assert line.startswith(f"127.0.0.1:{port}: expected a running bot, found none (")


def test_a_bot_that_does_not_answer_in_time_is_none(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        done = easel(tmp_path, "health", EASEL__METRICS__LISTEN=f"127.0.0.1:{silent.getsockname()[1]}")
    assert done.returncode == 1
    assert "found none (timed out)" in complaints(done)[0]


def test_another_server_is_not_taken_for_the_bot(tmp_path: Path) -> None:
    with answering(418, "a teapot") as port:
        done = easel(tmp_path, "health", EASEL__METRICS__LISTEN=f"127.0.0.1:{port}")
    assert done.returncode == 1
    assert complaints(done) == [f"127.0.0.1:{port}: expected a bot's health, found another server (HTTP 418)"]


@pytest.mark.parametrize("environment", [{}, {"EASEL__METRICS__LISTEN": "127.0.0.1:0"}])
def test_without_an_address_it_says_what_to_set(tmp_path: Path, environment: dict[str, str]) -> None:
    done = easel(tmp_path, "health", **environment)
    assert done.returncode == 2
    (line,) = complaints(done)
    assert line.startswith("metrics.listen: expected an address to ask at, found none. ")
    assert "EASEL__METRICS__LISTEN=127.0.0.1:9464" in line
    assert line.endswith("restart the bot.")
