"""
Kernels for tests. `npm test` has the wheel installed, with its kernelspec; while developing, ESTIMAND_KERNEL_MAIN names
the kernel's compiled entry (kernel/dist/jupyter/main.js), run by the `node` on the PATH.

Every test runs once for each engine, unless its module names its own in ENGINES, or its mark `engines`; ESTIMAND_TSLAB names the folder that
has tslab. What an engine is known not to do (tslab-cannot.json) must fail: the day it passes, the list is wrong.
"""

import atexit
import json
import os
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from engines import ENGINES, cannot, chosen
from kernel_client import KERNEL, kernel

MAIN = os.environ.get("ESTIMAND_KERNEL_MAIN")

if MAIN:
    folder = Path(tempfile.mkdtemp(prefix="kernelspec-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    spec = folder / "kernels" / KERNEL
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        json.dumps(
            {
                "argv": ["node", MAIN, "{connection_file}"],
                "display_name": "TypeScript (Estimand)",
                "language": "typescript",
                "interrupt_mode": "message",
            }
        )
    )
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(folder), os.environ.get("JUPYTER_PATH")]))


def pytest_configure(config):
    config.addinivalue_line("markers", "engines(*names): the engines that a test is for")


def pytest_generate_tests(metafunc):
    if "engine" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("engines")
        engines = mark.args if mark else getattr(metafunc.module, "ENGINES", ENGINES)
        metafunc.parametrize("engine", engines, indirect=True, scope="module")


@pytest.fixture(scope="module", autouse=True)
def engine(request):
    """The engine of all kernels that a test starts."""
    with chosen(getattr(request, "param", None)) as name:
        yield name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    reason = cannot(item)
    if reason is None or call.when != "call":
        return report
    if report.failed:
        report.outcome = "passed"
        report.longrepr = None
        if "kernels" in item.funcargs:
            item.funcargs["kernels"].close()
    else:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} passes, but tslab-cannot.json says: {reason}"
    return report


@contextmanager
def warm(cwd, engine):
    """A kernel whose engine is there: tslab's takes seconds to load its compiler, more than a test waits for a reply."""
    with kernel(cwd=cwd) as session:
        if engine == "tslab":
            session.run("0", timeout=60, silent=True)
        yield session


class Kernels:
    """One kernel for many tests; another after one that was to fail."""

    def __init__(self, cwd, engine):
        self.cwd = cwd
        self.engine = engine
        self.stack = ExitStack()
        self.session = None

    def get(self):
        if self.session is None:
            self.session = self.stack.enter_context(warm(self.cwd, self.engine))
        return self.session

    def close(self):
        self.session = None
        self.stack.close()


@pytest.fixture(scope="module")
def notebook_folder(tmp_path_factory, engine):
    """The folder the module's kernel runs in."""
    return tmp_path_factory.mktemp("notebook")


@pytest.fixture(scope="module")
def kernels(notebook_folder, engine):
    held = Kernels(notebook_folder, engine)
    yield held
    held.close()


@pytest.fixture
def shared(kernels):
    """One kernel for the tests of a module that leave it usable."""
    return kernels.get()


@pytest.fixture
def fresh(tmp_path, engine):
    """A kernel for one test."""
    with warm(tmp_path, engine) as session:
        yield session
