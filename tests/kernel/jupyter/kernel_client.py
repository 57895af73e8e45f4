"""A Jupyter client for tests: one request, its reply, and everything iopub says with it as parent."""

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty

from jupyter_client.manager import KernelManager

KERNEL = "estimand"
TIMEOUT = 20  # for a machine with much else to do: tslab's compiler alone takes seconds to load


@dataclass
class Ran:
    """What came of one request."""

    msg_id: str
    reply: dict
    messages: list = field(default_factory=list)

    @property
    def content(self):
        return self.reply["content"]

    @property
    def status(self):
        return self.content["status"]

    def of(self, *types):
        """Contents of the iopub messages of these types."""
        return [m["content"] for m in self.messages if m["msg_type"] in types]

    @property
    def types(self):
        return [m["msg_type"] for m in self.messages]

    @property
    def states(self):
        return [content["execution_state"] for content in self.of("status")]

    @property
    def outputs(self):
        return [m for m in self.messages if m["msg_type"] not in ("status", "execute_input")]

    def text(self, name="stdout"):
        return "".join(content["text"] for content in self.of("stream") if content["name"] == name)

    @property
    def result(self):
        """The plain text of the cell's value, or None."""
        results = self.of("execute_result")
        return results[0]["data"]["text/plain"] if results else None

    @property
    def error(self):
        """The error output, colours removed from its traceback."""
        (error,) = self.of("error")
        return {**error, "text": plain("\n".join(error["traceback"]))}


def plain(text):
    """Text without ANSI colours."""
    for code in ("0", "1", "2", "1;31"):
        text = text.replace(f"\x1b[{code}m", "")
    return text


class Session:
    """A running kernel and a client that loses no message."""

    def __init__(self, manager):
        self.manager = manager
        self.client = manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT)
        self.iopub = []  # messages read while looking for another
        self.replies = {"shell": [], "control": []}
        # Where the start was slow it has asked more than once: those answers come before the one to us.
        self.ask("kernel_info_request")
        self.iopub.clear()
        self.replies["shell"].clear()

    def send(self, kind, content=None, channel="shell", **options):
        """Send a request; its id."""
        message = self.client.session.msg(kind, content or {}, **options)
        getattr(self.client, f"{channel}_channel").send(message)
        return message["header"]["msg_id"]

    def execute(self, code, **content):
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
            **content,
        }
        return self.send("execute_request", content)

    def reply(self, msg_id, channel="shell", timeout=TIMEOUT):
        """The reply to a request, whatever comes before it."""
        return self._find(
            self.replies[channel],
            getattr(self.client, f"{channel}_channel"),
            lambda m: m["parent_header"].get("msg_id") == msg_id,
            timeout,
        )

    def published(self, wanted, timeout=TIMEOUT):
        """The first iopub message for which `wanted` holds."""
        return self._find(self.iopub, self.client.iopub_channel, wanted, timeout)

    @staticmethod
    def _find(kept, channel, wanted, timeout):
        for i, message in enumerate(kept):
            if wanted(message):
                return kept.pop(i)
        end = time.monotonic() + timeout
        while True:
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(f"no such message within {timeout} s; there were {[m['msg_type'] for m in kept]}")
            try:
                message = channel.get_msg(timeout=left)
            except Empty:
                continue
            if wanted(message):
                return message
            kept.append(message)

    def until_idle(self, msg_id, timeout=TIMEOUT):
        """All iopub messages of a request, in order, to its idle."""
        messages = []
        while True:
            message = self.published(lambda m: m["parent_header"].get("msg_id") == msg_id, timeout)
            messages.append(message)
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return messages

    def finish(self, msg_id, channel="shell", timeout=TIMEOUT):
        messages = self.until_idle(msg_id, timeout)
        return Ran(msg_id, self.reply(msg_id, channel, timeout), messages)

    def run(self, code, timeout=TIMEOUT, **content):
        """Run a cell to its end."""
        return self.finish(self.execute(code, **content), timeout=timeout)

    def ask(self, kind, content=None, channel="shell", timeout=TIMEOUT):
        """Send a request of any kind, and wait for its end."""
        return self.finish(self.send(kind, content, channel), channel, timeout)

    def value(self, code):
        """The plain text of a cell's value; the cell must succeed."""
        ran = self.run(code)
        assert ran.status == "ok", ran.error["text"]
        return ran.result

    def late(self, msg_id, kind, timeout=TIMEOUT):
        """An iopub message of a request that has ended."""
        return self.published(
            lambda m: m["parent_header"].get("msg_id") == msg_id and m["msg_type"] == kind, timeout
        )

    def started(self, msg_id):
        """Wait until a cell says `started` on its stdout."""
        self.published(
            lambda m: m["parent_header"].get("msg_id") == msg_id and "started" in m["content"].get("text", "")
        )

    def interrupt(self):
        return self.ask("interrupt_request", channel="control")

    def close(self):
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


@contextmanager
def kernel(cwd=None, env=None):
    """A kernel of its own."""
    manager = KernelManager(kernel_name=KERNEL)
    options = {} if env is None else {"env": env}
    manager.start_kernel(cwd=str(cwd) if cwd else None, **options)
    session = None
    try:
        session = Session(manager)
        yield session
    finally:
        if session:
            session.close()
        elif manager.has_kernel:
            manager.shutdown_kernel(now=True)
