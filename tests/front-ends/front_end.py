"""Run Jupyter's own programs as a person does, with every folder they write to in one temporary folder."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / ".setup" / "front-ends" / ("Scripts" if os.name == "nt" else "bin")  # scripts/lib/front-ends.mjs
SECONDS = 180
KERNELSPEC = {"name": "estimand", "display_name": "TypeScript (Estimand)", "language": "typescript"}


class FrontEnd:
    """A folder to work in, and programs that find the kernel of this environment and write nowhere else."""

    def __init__(self, home):
        self.folder = home / "work here"
        self.temporary = home / "temporary"
        self.home = home / "home"
        for folder in (self.folder, self.temporary, self.home):
            folder.mkdir()
        # The programs of the environment on top (papermill, nbgrader …), then of this one (jupyter, nbconvert …).
        environments = [PROGRAMS, Path(sys.executable).parent]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTEST"))}
        self.variables = {
            **kept,
            "PATH": os.pathsep.join([*map(str, environments), os.environ["PATH"]]),
            "JUPYTER_PATH": str(Path(sys.prefix, "share", "jupyter")),
            "HOME": str(self.home),
            "IPYTHONDIR": str(home / "ipython"),
            **{f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")},
            "TMPDIR": str(self.temporary),
            "PYTHONUNBUFFERED": "1",
            "TERM": "xterm",
        }

    def path(self, program):
        """The program's full path."""
        found = shutil.which(program, path=self.variables["PATH"])
        assert found, f"{program} is not installed"
        return found

    def run(self, program, *arguments, expect=0, **options):
        """Run a program to its end; its completed process."""
        done = subprocess.run(
            [self.path(program), *map(str, arguments)],
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            **options,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done

    def start(self, program, *arguments):
        """Start a program; its process."""
        return subprocess.Popen(
            [self.path(program), *map(str, arguments)],
            cwd=self.folder,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def write(self, name, *cells, **metadata):
        """A notebook of code cells (text, or made by nbformat) and markdown cells (text that begins with #)."""
        made = [cell if isinstance(cell, dict) else cell_of(cell) for cell in cells]
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(new_notebook(cells=made, metadata={"kernelspec": KERNELSPEC, **metadata}), path)
        return path

    def read(self, name):
        """A notebook of the folder."""
        return nbformat.read(self.folder / name, as_version=4)

    def left_behind(self):
        """What stands in the folder for temporary files, and in the user's home."""
        return sorted(path.name for folder in (self.temporary, self.home) for path in folder.rglob("*"))


def cell_of(source, **metadata):
    """A cell; text that begins with # is markdown."""
    return new_markdown_cell(source) if source.startswith("#") else new_code_cell(source, metadata=metadata)


def texts(cell):
    """What a cell's outputs say in plain text, in order."""
    return [
        output.text
        if output.output_type == "stream"
        else output.get("data", {}).get("text/plain", output.get("evalue"))
        for output in cell.outputs
    ]


def streams(notebook, name):
    """All text on a stream of a notebook's outputs."""
    return "".join(
        output.text
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == name
    )


def kernels(below, count=2):
    """The kernels' processes (a wire and an engine each) below a process, once there are as many."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        processes = psutil.Process(below).children(recursive=True)
        found = [
            process for process in processes if "/dist/jupyter/" in "".join(command_line(process)).replace("\\", "/")
        ]
        if len(found) == count:
            return found
        time.sleep(0.05)
    raise AssertionError(f"there are not {count} processes of kernels")


def command_line(process):
    """The process's command line; empty when it has just ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []
