"""`npm run notebook`: the outputs printed, the executed copy saved, and a failure that names cell and error."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

SECONDS = 120


def write_notebook(path, *cells):
    """A notebook of markdown (begins with #) and code cells."""
    made = [new_markdown_cell(cell) if cell.startswith("#") else new_code_cell(cell) for cell in cells]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=made), path)
    return path


@pytest.fixture
def run(npm_run):
    """Run the command to its end; returns exit code, stdout and stderr."""

    def finish(*arguments, **options):
        process = npm_run("notebook", *arguments, **options)
        printed, errors = process.communicate(timeout=SECONDS)
        return process.returncode, printed, errors

    return finish


def test_runs_prints_and_saves_beside_the_notebook(run, tmp_path):
    notebook = write_notebook(
        tmp_path / "a folder" / "a notebook.ipynb",
        "# Sums",
        "const x: number = 20;\nconsole.log('first');\nx + 1",
        "x + 22",
    )
    code, printed, errors = run(notebook)
    assert code == 0, errors
    executed = notebook.with_name("a notebook.executed.ipynb")
    assert f"Saved the executed copy as {executed}" in printed
    assert "[1]\nfirst\n21\n[2]\n42\n" in printed
    outputs = nbformat.read(executed, as_version=4).cells[2].outputs
    assert outputs[0].data["text/plain"] == "42"
    assert nbformat.read(notebook, as_version=4).cells[2].outputs == [], "the notebook itself must stay as it was"


def test_names_the_cell_and_the_error_of_a_failure(run, tmp_path):
    notebook = write_notebook(tmp_path / "fails.ipynb", "1 + 1", "# text", "throw new RangeError('too large');", "3")
    code, printed, errors = run(notebook, "--output", tmp_path / "out" / "copy.ipynb")
    assert code == 1
    assert "code cell 2 of 3 (\"throw new RangeError('too large');\") failed: RangeError: too large" in errors
    assert "Saved the executed copy" in printed
    cells = nbformat.read(tmp_path / "out" / "copy.ipynb", as_version=4).cells
    assert [output.output_type for output in cells[2].outputs] == ["error"]
    assert cells[3].outputs == []


def test_names_the_cell_that_takes_too_long(run, tmp_path):
    notebook = write_notebook(tmp_path / "slow.ipynb", "1", "await new Promise(() => {});")
    code, _, errors = run(notebook, "--timeout", 2)
    assert code == 1
    assert "code cell 2 of 2" in errors
    assert "took longer than 2 s; allow more with --timeout SECONDS" in errors


def test_takes_paths_from_where_it_was_called(run, tmp_path):
    write_notebook(tmp_path / "here.ipynb", "40 + 2")
    code, printed, errors = run("here.ipynb", cwd=tmp_path)
    assert code == 0, errors
    assert "42" in printed
    assert (tmp_path / "here.executed.ipynb").exists()


def test_says_what_is_wrong_with_the_file(run, tmp_path):
    code, _, errors = run(tmp_path / "none.ipynb")
    assert code == 1
    assert f"there is no file {tmp_path / 'none.ipynb'}; give the path of a notebook" in errors
    (tmp_path / "broken.ipynb").write_text("{")
    code, _, errors = run(tmp_path / "broken.ipynb")
    assert code == 1
    assert "is not a notebook" in errors
