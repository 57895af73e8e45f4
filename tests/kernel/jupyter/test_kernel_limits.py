"""The limits of a notebook server: through a real jupyter_server and its websocket, nothing is dropped."""

import json
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
import uuid

import pytest
import websocket
from kernel_client import KERNEL

ENGINES = ("repl",)  # what is tried here is the wire's, whatever the engine


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Notebook:
    """A kernel behind a server, as a browser speaks to it."""

    def __init__(self, url, token):
        create = urllib.request.Request(
            f"http://{url}/api/kernels?token={token}", data=json.dumps({"name": KERNEL}).encode(), method="POST"
        )
        with urllib.request.urlopen(create, timeout=30) as answer:
            kernel_id = json.load(answer)["id"]
        self.session = uuid.uuid4().hex
        self.socket = websocket.create_connection(
            f"ws://{url}/api/kernels/{kernel_id}/channels?token={token}&session_id={self.session}", timeout=90
        )

    def send(self, code):
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": "execute_request",
            "session": self.session,
            "username": "",
            "version": "5.4",
            "date": "2026-01-01T00:00:00Z",
        }
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}, "content": content}
        self.socket.send(json.dumps({**message, "buffers": []}))
        return header["msg_id"]

    def until_idle(self, msg_id):
        messages = []
        while True:
            message = json.loads(self.socket.recv())
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            messages.append(message)
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return messages

    def run(self, code):
        return self.until_idle(self.send(code))


def text(messages, name="stdout"):
    return "".join(
        m["content"]["text"] for m in messages if m["msg_type"] == "stream" and m["content"]["name"] == name
    )


def shown(messages, *types):
    return [m["content"]["data"]["text/plain"] for m in messages if m["msg_type"] in types]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    port, token = free_port(), secrets.token_hex(8)
    options = [f"--IdentityProvider.token={token}", f"--port={port}", f"--ServerApp.root_dir={folder}", "--allow-root"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", "--no-browser", *options], stdout=log, stderr=log
        )
    try:
        url = f"127.0.0.1:{port}"
        for _ in range(150):
            try:
                urllib.request.urlopen(f"http://{url}/api?token={token}", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        opened = Notebook(url, token)
        yield opened
        opened.socket.close()
    finally:
        server.terminate()
        server.wait(20)


def test_ten_thousand_lines_are_not_held_back(notebook):
    notebook.run("1")
    began = time.monotonic()
    messages = notebook.run("for (let i = 0; i < 10000; i++) console.log('line', i)")
    assert text(messages) == "".join(f"line {i}\n" for i in range(10000))
    assert time.monotonic() - began < 10


def test_thousands_of_displays_arrive_whole_and_in_order(notebook):
    messages = notebook.run("for (let i = 0; i < 2500; i++) display(i); undefined")
    assert shown(messages, "display_data") == [str(i) for i in range(2500)]
    assert text(messages, "stderr") == ""


def test_of_thousands_of_updates_the_last_arrives(notebook):
    messages = notebook.run("const often = display(0); for (let i = 1; i <= 10000; i++) often.update(i); undefined")
    assert shown(messages, "update_display_data")[-1] == "10000"
    assert text(messages, "stderr") == ""


def test_streams_in_turn_arrive_whole(notebook):
    messages = notebook.run("for (let i = 0; i < 1000; i++) { console.log(i); console.error(`e${i}`) }")
    assert text(messages) == "".join(f"{i}\n" for i in range(1000))
    assert text(messages, "stderr") == "".join(f"e{i}\n" for i in range(1000))


def test_megabytes_of_text_arrive_whole(notebook):
    messages = notebook.run("for (let i = 0; i < 25000; i++) console.log('x'.repeat(79)); console.log('y'.repeat(1e6))")
    assert text(messages) == ("x" * 79 + "\n") * 25000 + "y" * 1_000_000 + "\n"
    assert text(messages, "stderr") == ""


def test_a_display_of_twenty_megabytes_arrives_whole(notebook):
    (large,) = shown(notebook.run("display({ 'text/plain': 'x'.repeat(2e7) }, { raw: true }); undefined"), "display_data")
    assert len(large) == 20_000_000
