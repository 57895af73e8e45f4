"""Notebooks run from the command line: nbclient, nbconvert, papermill, jupyter execute, jupyter run."""

import psutil
import pytest
from front_end import cell_of, kernels, streams, texts

FIGURE = "application/vnd.estimand.posterior.v1+json"

MODEL = """import { model, normal, sample } from 'estimand';
const heights = model()
  .data({ y: [1, 2, 3] })
  .parameters({ mu: normal(0, 5) })
  .observe(({ mu }) => ({ y: normal(mu, 1) }));
const posterior = await sample(heights, { chains: 2, draws: 500, warmup: 500, seed: 1 });
posterior"""

# What makes Node warn: experimental and deprecated parts, a warning of one's own, a promise listener too many.
WARNERS = """import { DatabaseSync } from 'node:sqlite';
import { EventEmitter } from 'node:events';
import url from 'node:url';
process.emitWarning('on purpose');
const emitter = new EventEmitter();
for (let i = 0; i < 20; i++) emitter.on('event', () => {});
[new DatabaseSync(':memory:').prepare('select 1 as one').get()?.one, new Buffer(1).length, url.parse('http://a/').host]"""

BROAD = [
    "# Everything once",
    "const x: number = 20;\nconsole.log('printed');\nx + 1",
    "const wrong: number = 'a type error';",
    MODEL,
    "const place = display('first', { id: 'place' });\nplace.update('last');",
    "import { progress } from 'estimand';\nlet sum = 0;\nfor (const i of progress([1, 2, 3], { label: 'fits' })) sum += i;\nsum",
    "enum Colour { Red, Green }\nnamespace Inner { export const c = Colour.Green; }\nInner.c",
    WARNERS,
    "import * as local from './local.ts';\nimport data from './data.json' with { type: 'json' };\n[local.one, data.a]",
    "import { slider } from 'estimand';\nslider(0, 1)",
    "function twice(_target: unknown, context: ClassMethodDecoratorContext) { return function () { return context.name; }; }\n"
    "class Decorated { @twice f() {} }\nnew Decorated().f()",
    "import assert from 'node:assert/strict';\nassert.equal(x, 20);",
]

RESULTS = {1: "21", 5: "6", 6: "1", 7: "[ 1, 1, 'a' ]", 8: "[ 1, 5 ]", 9: "FloatSlider(0.5)", 10: "'f'"}


@pytest.fixture
def broad(front_end):
    """A notebook with a bit of everything, and the files it imports."""
    (front_end.folder / "local.ts").write_text("export const one: number = 1;\nenum Kept { A }\nexport { Kept };\n")
    (front_end.folder / "data.json").write_text('{"a": 5}')
    return front_end.write("broad.ipynb", *BROAD)


def check_broad(notebook):
    """All of it is there, every result also as text, and nothing on stderr."""
    for index, wanted in RESULTS.items():
        results = [output for output in notebook.cells[index].outputs if output.output_type == "execute_result"]
        assert [result.data["text/plain"] for result in results] == [wanted]
    (figure,) = [output for output in notebook.cells[3].outputs if output.output_type == "execute_result"]
    assert {FIGURE, "image/png", "text/plain"} <= set(figure.data)
    for cell in notebook.cells[1:]:
        for output in cell.outputs:
            assert output.output_type in ("stream", "display_data", "execute_result")
            assert output.output_type == "stream" or output.data["text/plain"]
    assert streams(notebook, "stdout") == "printed\n"
    assert streams(notebook, "stderr") == ""


NBCLIENT = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read("broad.ipynb", as_version=4)
NotebookClient(notebook, timeout=120, kernel_name="estimand").execute()
nbformat.write(notebook, "executed.ipynb")
"""


def test_nbclient_runs_a_notebook_without_a_word_on_stderr(front_end, broad):
    done = front_end.run("python", "-c", NBCLIENT)
    assert (done.stdout, done.stderr) == ("", "")
    check_broad(front_end.read("executed.ipynb"))


def test_nbconvert_executes_to_a_notebook_without_a_word_on_stderr(front_end, broad):
    options = ("--to", "notebook", "--execute", "--output", "executed.ipynb", "--log-level", "ERROR")
    done = front_end.run("jupyter", "nbconvert", *options, broad)
    assert (done.stdout, done.stderr) == ("", "")
    check_broad(front_end.read("executed.ipynb"))


def test_papermill_runs_a_notebook_without_a_word_on_stderr(front_end, broad):
    done = front_end.run("papermill", broad, "executed.ipynb", "--no-progress-bar", "--log-level", "ERROR")
    assert (done.stdout, done.stderr) == ("", "")
    check_broad(front_end.read("executed.ipynb"))


def test_jupyter_execute_runs_a_notebook_without_a_word_on_stderr(front_end, broad):
    done = front_end.run("jupyter", "execute", broad, "--output", "executed", "--NbClientApp.log_level=ERROR")
    assert (done.stdout, done.stderr) == ("", "")
    check_broad(front_end.read("executed.ipynb"))


def test_what_console_error_writes_is_all_that_stderr_has(front_end):
    front_end.write("errors.ipynb", "console.log('out');\nconsole.error('err');\nconsole.warn('warned');\n1", WARNERS)
    front_end.run("jupyter", "execute", "errors.ipynb", "--inplace")
    notebook = front_end.read("errors.ipynb")
    assert streams(notebook, "stdout") == "out\n"
    assert streams(notebook, "stderr") == "err\nwarned\n"


@pytest.mark.parametrize("template", ["lab", "estimand"])
def test_a_page_has_the_colours_of_typescript_and_pictures(front_end, template):
    # What editors save with a notebook. Without it nbconvert's own templates colour every language as Python.
    saved = {"language_info": {"name": "typescript", "pygments_lexer": "typescript"}} if template == "lab" else {}
    front_end.write("page.ipynb", "const count: number = 1;", MODEL, **saved)
    front_end.run("jupyter", "nbconvert", "--to", "html", "--execute", "--template", template, "page.ipynb")
    page = (front_end.folder / "page.html").read_text()
    # Pygments' classes: kd for `const`, kt for the type, mf for the number.
    code = '<span class="kd">const</span><span class="w"> </span><span class="nx">count</span><span class="o">:</span>'
    assert f'{code}<span class="w"> </span><span class="kt">number</span>' in page
    assert "data:image/png;base64," in page


def test_nbconvert_exports_the_code_as_a_ts_file(front_end):
    front_end.write("code.ipynb", "# A title", "const count: number = 1;", "count + 1")
    front_end.run("jupyter", "nbconvert", "--to", "notebook", "--execute", "--inplace", "code.ipynb")
    front_end.run("jupyter", "nbconvert", "--to", "script", "code.ipynb")
    assert "const count: number = 1;\n" in (front_end.folder / "code.ts").read_text()
    information = front_end.read("code.ipynb").metadata.language_info
    assert information.file_extension == ".ts"
    assert information.mimetype == "application/typescript"
    assert information.codemirror_mode == "typescript"
    assert information.pygments_lexer == "typescript"
    assert information.nbconvert_exporter == "script"


def test_an_error_ends_the_run_names_the_error_and_is_saved(front_end):
    front_end.write("fails.ipynb", "const before = 1;", "throw new RangeError('too large');", "console.log('never')")
    done = front_end.run("jupyter", "nbconvert", "--to", "notebook", "--execute", "fails.ipynb", expect=1)
    assert "RangeError: too large" in done.stderr
    done = front_end.run("papermill", "fails.ipynb", "saved.ipynb", "--no-progress-bar", expect=1)
    assert "RangeError: too large" in done.stderr
    errors = [output for cell in front_end.read("saved.ipynb").cells for output in cell.get("outputs", [])]
    assert [output.ename for output in errors if output.output_type == "error"] == ["RangeError"]
    assert streams(front_end.read("saved.ipynb"), "stdout") == ""


def test_errors_can_be_allowed(front_end):
    front_end.write("fails.ipynb", "throw new RangeError('too large');", "1 + 1")
    front_end.run("jupyter", "nbconvert", "--to", "notebook", "--execute", "--allow-errors", "--inplace", "fails.ipynb")
    assert texts(front_end.read("fails.ipynb").cells[1]) == ["2"]


def test_a_cell_that_takes_too_long_is_interrupted_and_the_next_ones_run(front_end):
    front_end.write("slow.ipynb", "const kept = 1;", "while (true) {}", "kept + 1")
    options = ("--ExecutePreprocessor.timeout=3", "--ExecutePreprocessor.interrupt_on_timeout=True", "--allow-errors")
    front_end.run("jupyter", "nbconvert", "--to", "notebook", "--execute", *options, "--inplace", "slow.ipynb")
    cells = front_end.read("slow.ipynb").cells
    assert [output.ename for output in cells[1].outputs] == ["Interrupted"]
    assert texts(cells[2]) == ["2"]


def test_saved_outputs_are_the_last_state_of_what_was_updated(front_end):
    updates = (
        "const place = display('first', { id: 'place' });\nfor (let i = 0; i < 50; i++) place.update(`step ${i}`);"
    )
    later = "import { html } from 'estimand';\nplace.update(html`<b>${'later'}</b>`);\nclearOutput();\nconsole.log('cleared');"
    front_end.write("live.ipynb", updates, MODEL, later)
    front_end.run("jupyter", "execute", "live.ipynb", "--inplace")
    cells = front_end.read("live.ipynb").cells
    (place,) = cells[0].outputs
    assert place.data["text/html"] == "<b>later</b>"
    # The sampler's progress is gone, its figure whole.
    (figure,) = [output for output in cells[1].outputs if "image/png" in output.get("data", {})]
    assert "Posterior: 2 chains of 500 draws" in figure.data["text/plain"]
    assert not any("%" in text and "Posterior" not in text for text in texts(cells[1]))
    assert texts(cells[2]) == ["cleared\n"]


def test_what_a_timer_prints_after_its_cell_is_lost_and_what_is_awaited_is_not(front_end):
    # nbclient reads a cell's output up to its idle, as the protocol lets it.
    later = "setTimeout(() => console.log('late'), 100);\nundefined"
    awaited = "await new Promise((resolve) => setTimeout(resolve, 300));\nconsole.log('awaited');"
    front_end.write("late.ipynb", later, awaited)
    front_end.run("jupyter", "execute", "late.ipynb", "--inplace")
    assert list(map(texts, front_end.read("late.ipynb").cells)) == [[], ["awaited\n"]]


def test_jupyter_run_runs_a_file_and_what_comes_through_a_pipe(front_end):
    (front_end.folder / "code.ts").write_text("const a: number = 4;\nconsole.log('from', 'a file');\na * 2\n")
    done = front_end.run("jupyter", "run", "--kernel", "estimand", "code.ts")
    assert (done.stdout, done.stderr) == ("from a file\n8", "")
    done = front_end.run("jupyter", "run", "--kernel", "estimand", input="const b = 3;\nb + 4")
    assert (done.stdout, done.stderr) == ("7", "")


def test_jupyter_run_fails_with_the_error(front_end):
    (front_end.folder / "code.ts").write_text("throw new RangeError('too large');\n")
    done = front_end.run("jupyter", "run", "--kernel", "estimand", "code.ts", expect=1)
    assert "RangeError" in done.stderr and "too large" in done.stderr
    assert "cell[1]:1:7" in done.stderr


def test_markdown_cells_and_tags_come_through(front_end):
    front_end.write("tagged.ipynb", "# Title", cell_of("1 / 0", tags=["kept"]))
    front_end.run("jupyter", "execute", "tagged.ipynb", "--inplace")
    notebook = front_end.read("tagged.ipynb")
    assert notebook.cells[1].metadata.tags == ["kept"]
    assert texts(notebook.cells[1]) == ["Infinity"]


def test_with_strict_types_a_run_waits_for_the_checker_and_stops_at_a_type_error(front_end):
    front_end.write("strict.ipynb", "%types strict\nconst x: number = 1;", "const wrong: number = 'text';", "x")
    done = front_end.run("jupyter", "execute", "strict.ipynb", expect=1)
    assert "TS2322" in done.stderr or "not assignable" in done.stderr


@pytest.mark.parametrize("program", ["nbconvert", "papermill"])
def test_a_killed_run_takes_its_kernel_with_it(front_end, program):
    front_end.write("endless.ipynb", "while (true) {}")
    arguments = {
        "nbconvert": ("jupyter-nbconvert", "--to", "notebook", "--execute", "endless.ipynb"),
        "papermill": ("papermill", "endless.ipynb", "out.ipynb"),
    }[program]
    process = front_end.start(*arguments)
    processes = kernels(below=process.pid, count=2)
    process.kill()
    assert psutil.wait_procs(processes, timeout=20)[1] == []
    process.communicate()
    # The kernel leaves nothing; jupyter_client, killed, its connection file.
    for path in front_end.temporary.glob("tmp*.json"):
        path.unlink()
