"""Which engine runs the cells, and what the user is told when it cannot."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jupyter_kernel_test
import pytest
from engines import LIST
from jupyter_client.kernelspec import KernelSpecManager
from kernel_client import KERNEL, kernel

ENGINES = ("repl",)
HERE = Path(__file__).parent
CLOSURE = "let x = 1; function f() { return x }"


def environment(**variables):
    kept = {name: value for name, value in os.environ.items() if name not in ("ESTIMAND_ENGINE", "ESTIMAND_TSLAB")}
    return {**kept, **variables}


def rebinds(session):
    """Whether closures see rebound variables: what tells one engine from the other."""
    session.run(CLOSURE, timeout=30)
    return session.value("x = 100; f()") == "100"


@pytest.mark.parametrize("variables", [{}, {"ESTIMAND_ENGINE": ""}, {"ESTIMAND_ENGINE": "repl"}])
def test_the_repl_engine_is_the_usual_one(tmp_path, variables):
    with kernel(cwd=tmp_path, env=environment(**variables)) as session:
        assert rebinds(session)


def test_tslab_is_found_beside_the_notebook(tmp_path):
    (tmp_path / "node_modules").symlink_to(Path(os.environ["ESTIMAND_TSLAB"]) / "node_modules")
    with kernel(cwd=tmp_path, env=environment(ESTIMAND_ENGINE="tslab")) as session:
        assert not rebinds(session)


def test_where_tslab_is_not_installed_each_cell_says_what_to_do(tmp_path):
    with kernel(cwd=tmp_path, env=environment(ESTIMAND_ENGINE="tslab")) as session:
        for _ in range(2):
            error = session.run("1 + 1").error
            assert error["ename"] == "TslabMissing"
            assert "npm install tslab@1.0.22" in error["evalue"] and "ESTIMAND_TSLAB" in error["evalue"]
            assert len(error["text"].splitlines()) == 1
        assert session.ask("complete_request", {"code": "Ma", "cursor_pos": 2}).content["matches"] == []
        assert session.ask("is_complete_request", {"code": "1 +"}).content["status"] == "unknown"


def test_a_folder_that_has_no_tslab_is_named(tmp_path):
    with kernel(cwd=tmp_path, env=environment(ESTIMAND_ENGINE="tslab", ESTIMAND_TSLAB="nowhere")) as session:
        assert "no tslab in nowhere" in session.run("1 + 1").error["evalue"]


def test_an_unknown_engine_ends_the_start_with_its_reason(tmp_path):
    argv = KernelSpecManager().get_kernel_spec(KERNEL).argv
    connection = {name: 0 for name in ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")}
    connection |= {"transport": "tcp", "ip": "127.0.0.1", "key": "k", "signature_scheme": "hmac-sha256"}
    file = tmp_path / "connection.json"
    file.write_text(json.dumps(connection))
    command = [sys.executable if part == "python" else part.format(connection_file=file) for part in argv]
    ended = subprocess.run(
        command, env=environment(ESTIMAND_ENGINE="deno"), cwd=tmp_path, capture_output=True, text=True, timeout=30
    )
    assert ended.returncode == 1
    assert ended.stdout == "estimand: cannot start: ESTIMAND_ENGINE must be repl or tslab; got 'deno'\n"
    assert ended.stderr == ""


def test_a_cell_can_be_a_module_under_tslab_and_what_is_wrong_with_it_is_told(tmp_path):
    with kernel(cwd=tmp_path, env={**os.environ, "ESTIMAND_ENGINE": "tslab"}) as session:
        assert session.run("/** @module counted */\nexport const n: number = 5;", timeout=30).outputs == []
        assert session.value("import { n } from './counted'; n + 1") == "6"
        ran = session.run("/** @module wrong */\nexport const w: number = 'x';")
        assert (ran.error["ename"], ran.text("stderr")) == ("TypeCheckError", "")


def test_what_was_not_there_for_tslab_is_found_once_it_is(tmp_path):
    with kernel(cwd=tmp_path, env={**os.environ, "ESTIMAND_ENGINE": "tslab"}) as session:
        session.run("/** @module counted */\nexport const n: number = 5;", timeout=30)
        assert "Cannot find module './late'" in session.run("import { a } from './late'; a").error["evalue"]
        (tmp_path / "late.ts").write_text("export const a = 1")
        assert session.value("import { a } from './late'; a") == "1"
        (tmp_path / "late.ts").write_text("export const a: number = 22")
        assert session.value("import { a } from './late'; a") == "22"
        (tmp_path / "node_modules" / "one").mkdir(parents=True)
        (tmp_path / "node_modules" / "one" / "index.js").write_text("exports.q = 4")
        assert session.value("import { q } from 'one'; import { n } from './counted'; q + n") == "9"


def defined():
    """All tests there are, as the list names them."""
    names = {f"test_kernel_conformance.py::TslabTests::{name}" for name in dir(jupyter_kernel_test.KernelTests)}
    for file in HERE.glob("test_kernel_*.py"):
        for line in file.read_text().splitlines():
            if line.startswith("def test_"):
                names.add(f"{file.name}::{line[len('def ') : line.index('(')]}")
    return names


def test_what_tslab_cannot_do_names_tests_that_are_there():
    listed = [test for entry in LIST for test in entry["tests"]]
    assert len(listed) == len(set(listed))
    assert {test.split("[")[0] for test in listed} <= defined()


def test_the_documentation_lists_what_tslab_cannot_do():
    text = (HERE.parents[2] / "docs" / "engines.md").read_text()
    section = text.split("## What tslab cannot do")[1].split("\n## ")[0]
    items = [" ".join(item.split()) for item in section.split("\n- ")[1:]]
    assert items == [entry["cannot"] for entry in LIST]
