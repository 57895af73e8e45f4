"""Run a notebook from top to bottom without a browser, print its text outputs, and save the executed copy.

Exit code 0 when every cell ran; 1 with one line that names the cell and the error; 2 for wrong arguments.
"""

import argparse
import re
import signal
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

KERNEL = "estimand"
ANSI_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(prog="npm run notebook --", description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="the notebook, FILE.ipynb")
    parser.add_argument("--output", type=Path, help="where the executed copy goes (default: FILE.executed.ipynb)")
    parser.add_argument("--timeout", type=float, default=600, help="seconds a cell may take (default: 600)")
    return parser.parse_args()


def plain(text):
    """Text without terminal colours; notebooks may hold it as a list of lines."""
    return ANSI_COLOUR.sub("", "".join(text) if isinstance(text, list) else text)


def text_of(output):
    """What an output says in plain text, or None."""
    if output.output_type == "stream":
        return plain(output.text)
    if output.output_type == "error":
        return plain("\n".join(output.traceback) or f"{output.ename}: {output.evalue}")
    text = output.get("data", {}).get("text/plain")
    return None if text is None else plain(text)


class Runner(NotebookClient):
    """Prints each code cell's outputs as soon as the cell has ended."""

    def print_outputs(self, cell, **_):
        """nbclient calls this after each cell, a failed one included."""
        if cell.cell_type != "code":
            return
        texts = [text for text in map(text_of, cell.outputs) if text]
        if texts:
            print(f"[{self.number(cell)}]", "\n".join(text.rstrip("\n") for text in texts), sep="\n", flush=True)

    def number(self, cell):
        """The cell's place among the code cells, from 1, as JupyterLab numbers them in a fresh run."""
        code_cells = [other for other in self.nb.cells if other.cell_type == "code"]
        return next(i for i, other in enumerate(code_cells, 1) if other is cell)

    def where(self, index):
        """`code cell 3 of 9, 'const posterior = …'` for the cell at `index`."""
        cell = self.nb.cells[index]
        total = sum(other.cell_type == "code" for other in self.nb.cells)
        first_line = next((line for line in cell.source.splitlines() if line.strip()), "")
        return f"code cell {self.number(cell)} of {total} ({first_line.strip()[:60]!r})"


def run(notebook, folder, timeout):
    """Execute `notebook` in place. Returns None, or one line saying which cell failed and how."""
    current = {"index": 0}
    runner = Runner(
        notebook,
        kernel_name=KERNEL,
        timeout=timeout,
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=lambda cell, cell_index: current.update(index=cell_index),
    )
    runner.on_cell_executed = lambda cell, cell_index, execute_reply: runner.print_outputs(cell)
    try:
        runner.execute()
    except CellExecutionError as error:
        return f"{runner.where(current['index'])} failed: {error.ename}: {plain(error.evalue)}"
    except CellTimeoutError:
        return f"{runner.where(current['index'])} took longer than {timeout:g} s; allow more with --timeout SECONDS"
    except DeadKernelError:
        return f"{runner.where(current['index'])} failed: the kernel died"
    return None


def main():
    """Run, save, and say how it went."""
    arguments = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # unwinds, so that nbclient shuts the kernel down
    source = arguments.file
    if not source.is_file():
        sys.exit(f"notebook: there is no file {source}; give the path of a notebook, FILE.ipynb")
    try:
        notebook = nbformat.read(source, as_version=4)
    except Exception as error:  # nbformat raises its own, json's and the codec's
        sys.exit(f"notebook: {source} is not a notebook: {str(error).splitlines()[0]}")
    output = arguments.output or source.with_suffix(".executed.ipynb")
    problem = run(notebook, source.resolve().parent, arguments.timeout)
    output.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, output)
    print(f"Saved the executed copy as {output}", flush=True)
    if problem is not None:
        sys.exit(f"notebook: {source}, {problem}")


main()
