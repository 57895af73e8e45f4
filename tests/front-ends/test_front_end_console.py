"""`jupyter console`: the kernel in a terminal, as a person types."""

import re
import time

import pexpect
import psutil
import pytest
from front_end import SECONDS, kernels

ESCAPES = r"(?:\x1b\[[0-9;?]*[a-zA-Z])*"


class Console:
    """The program on a terminal of its own."""

    def __init__(self, front_end, *options):
        variables = {**front_end.variables, "PROMPT_TOOLKIT_NO_CPR": "1"}
        command = front_end.path("jupyter")
        # By itself it waits one second for the kernel's word on whether a block is complete, and then never asks again.
        patience = [
            f"--ZMQTerminalInteractiveShell.kernel_is_complete_timeout={SECONDS}",
            f"--ZMQCompleter.timeout={SECONDS}",
        ]
        arguments = ["console", "--kernel", "estimand", *patience, *options]
        self.process = pexpect.spawn(
            command,
            arguments,
            cwd=str(front_end.folder),
            env=variables,
            encoding="utf8",
            timeout=SECONDS,
            dimensions=(40, 120),
        )
        self.prompt(1)

    def prompt(self, number):
        """Wait for the prompt of a cell."""
        self.process.expect(rf"In {ESCAPES} ?\[{ESCAPES}{number}")

    def type(self, text):
        """Type a line and press Return."""
        self.process.send(f"{text}\r")

    def wait_for(self, text):
        """Wait until the terminal shows a text."""
        self.process.expect(re.escape(text))

    def end(self):
        """Ctrl-D, and yes."""
        self.process.sendcontrol("d")
        self.wait_for("Do you really want to exit")
        self.process.send("y\r")
        self.process.expect(pexpect.EOF)
        self.process.close()
        return self.process.exitstatus


@pytest.fixture
def console(front_end):
    """A console whose kernel has started."""
    made = Console(front_end)
    yield made
    made.process.close(force=True)


def test_cells_completion_blocks_and_an_interrupt(console):
    console.type("const a: number = 41;")
    console.prompt(2)
    console.type("a + 1")
    console.wait_for("42")
    console.prompt(3)
    console.process.send("Math.hyp\t")
    console.process.expect(f"hyp{ESCAPES}ot")
    console.type("(3, 4)")
    console.wait_for("5")
    console.prompt(4)
    # The kernel says that the block is not complete: Return makes a new line, indented.
    console.type("function twice(x: number) {")
    console.wait_for("...:")
    console.type("return 2 * x;")
    console.process.send("\x7f}\r\r")
    console.prompt(5)
    console.type("twice(a)")
    console.wait_for("82")
    console.prompt(6)
    console.type("console.log('go' + 'ing'); while (true) {}")
    console.wait_for("going")
    console.process.sendintr()
    console.wait_for("Interrupted: the cell was interrupted; the variables are kept")
    console.prompt(7)
    console.type("a - 1")
    console.wait_for("40")
    console.prompt(8)
    console.type("throw new RangeError('too large')")
    console.wait_for("RangeError: too large")
    console.prompt(9)
    console.type("input('your name? ').toUpperCase()")
    console.wait_for("your name? ")
    console.type("ada")
    console.wait_for("'ADA'")
    console.prompt(10)
    processes = kernels(below=console.process.pid)
    assert console.end() == 0
    assert psutil.wait_procs(processes, timeout=10)[1] == []


@pytest.mark.parametrize("word", ["exit", "quit()"])
def test_a_word_ends_the_console_and_its_kernel(console, word):
    processes = kernels(below=console.process.pid)
    console.type(word)
    console.wait_for("A console ends here.")
    console.process.expect(pexpect.EOF)
    console.process.close()
    assert console.process.exitstatus == 0
    assert psutil.wait_procs(processes, timeout=10)[1] == []


def test_a_closed_terminal_ends_the_kernel(console):
    console.type("console.log('go' + 'ing'); while (true) {}")
    console.wait_for("going")
    processes = kernels(below=console.process.pid)
    console.process.close(force=False)  # the terminal goes away: HUP
    assert psutil.wait_procs(processes, timeout=20)[1] == []


def test_a_killed_console_ends_the_kernel(console):
    processes = kernels(below=console.process.pid)
    psutil.Process(console.process.pid).kill()
    started = time.monotonic()
    assert psutil.wait_procs(processes, timeout=20)[1] == []
    assert time.monotonic() - started < 20


def test_lines_through_a_pipe(front_end):
    done = front_end.run("jupyter", "console", "--kernel", "estimand", "--simple-prompt", input="const a = 2;\na + 3\n")
    assert "Out[2]: 5" in done.stdout
    assert done.stderr == ""
