"""What the tests of start, notebook and wheel share: the repository's root, and processes that end."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def root():
    """The repository's root folder."""
    return ROOT


@pytest.fixture
def npm_run(tmp_path):
    """Start `npm run NAME -- ARGS…` as a person's terminal would; whatever is left of it is killed after the test."""
    started = []
    npm = "npm.cmd" if os.name == "nt" else "npm"
    home = tmp_path / "home"
    home.mkdir()

    def start(name, *arguments, cwd=ROOT, **options):
        command = [npm, "--prefix", str(ROOT), "run", name, "--", *map(str, arguments)]
        environment = {**os.environ, "HOME": str(home), "npm_config_update_notifier": "false"}
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **options,
        )
        started.append(process)
        return process

    start.home = home
    yield start
    for process in started:
        for child in descendants(process.pid):
            child.kill()
        process.kill()
        process.communicate()


def descendants(pid):
    """Every process below `pid`, as they are now."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def run_python(code, python=sys.executable, **options):
    """Run Python code in an interpreter and return its completed process."""
    return subprocess.run([str(python), "-c", code], capture_output=True, text=True, timeout=120, check=False, **options)
