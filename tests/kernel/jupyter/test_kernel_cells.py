"""What cells may say: declarations, imports, TypeScript, top-level await."""

import json

import pytest


@pytest.mark.parametrize("first", ["const", "let", "var"])
@pytest.mark.parametrize("second", ["const", "let", "var"])
def test_a_variable_may_be_declared_again(shared, first, second):
    name = f"again_{first}_{second}"
    shared.run(f"{first} {name} = 1")
    assert shared.value(f"{second} {name}: string = 'two'; {name}") == "'two'"
    assert shared.value(name) == "'two'"


def test_functions_classes_and_variables_may_take_each_others_names(shared):
    declarations = ["function it() { return 1 }", "class it { one = 1 }", "const it = 1", "enum it { One }", "let it = 2"]
    for first in declarations:
        for second in declarations:
            shared.run(first)
            ran = shared.run(second)
            assert ran.status == "ok", f"{second} after {first}: {ran.error['text']}"
            assert shared.run("it").status == "ok"


def test_a_function_declared_over_a_variable_is_hoisted_all_the_same(shared):
    shared.run("let hoisted = 1")
    assert shared.value("const called = hoisted();\nfunction hoisted() {\n  return 'up';\n}\ncalled") == "'up'"


def test_closures_see_rebound_variables(shared):
    shared.run("let x = 1; function f() { return x }")
    assert shared.value("x = 100; f()") == "100"
    assert shared.value("const x = 5; f()") == "5"
    assert shared.value("let x = 6; f()") == "6"


def test_a_constant_cannot_be_assigned(shared):
    shared.run("const fixed = 1")
    assert shared.run("fixed = 2").error["ename"] == "TypeError"
    assert shared.run("fixed++").error["evalue"] == "Assignment to constant variable 'fixed'."
    assert shared.run("function change() { fixed = 3 }\nchange()").error["ename"] == "TypeError"
    assert shared.run("const own = 1; [own] = [2]").error["ename"] == "TypeError"
    assert shared.value("{ let fixed = 3; fixed = 4 }\n((fixed: number) => { fixed = 5 })(1);\nfixed") == "1"
    assert shared.value("let fixed = 7; fixed = 8; fixed") == "8"


def test_what_a_failing_cell_had_assigned_stays_assigned(shared):
    assert shared.run("let kept = 1; kept = 2; throw new Error('x')").status == "error"
    assert shared.value("kept") == "2"
    assert shared.run("const never = (() => { throw new Error('x') })()").status == "error"
    assert shared.value("const never = 'now'; never") == "'now'"


def test_destructuring_persists(shared):
    shared.run("const { a, b: [c, ...d], e = 5 } = { a: 1, b: [2, 3, 4] }")
    assert shared.value("[a, c, d, e]") == "[ 1, 2, [ 3, 4 ], 5 ]"
    shared.run("function one() {}; let two = 2")
    assert shared.value("const { one, two, three } = { one: 1, two: 'b', three: 3 }; [one, two, three]") == "[ 1, 'b', 3 ]"


def test_top_level_await_and_for_await(shared):
    assert shared.value("const v = await new Promise<number>((r) => setTimeout(r, 10, 7)); v") == "7"
    code = "async function* g() { yield 1; yield 2 }\nconst seen: number[] = [];\nfor await (const x of g()) seen.push(x);\nseen"
    assert shared.value(code) == "[ 1, 2 ]"
    assert shared.value("let s = 0; for await (const x of [1, Promise.resolve(2)]) s += x; s") == "3"


def test_an_await_that_never_ends_survives_garbage_collection(fresh):
    # Node 24's inspector calls back in the middle of a collection when an awaited evaluation is collected.
    msg_id = fresh.execute(
        "import v8 from 'node:v8'; v8.setFlagsFromString('--expose-gc');\n"
        "import vm from 'node:vm'; const collect = vm.runInNewContext('gc');\n"
        "let rounds = 0; const timer = setInterval(() => { collect(); if (++rounds === 3) console.log('started'); }, 10);\n"
        "await new Promise(() => {})"
    )
    fresh.started(msg_id)
    fresh.interrupt()
    assert fresh.finish(msg_id).error["ename"] == "Interrupted"
    assert fresh.value("clearInterval(timer); collect(); rounds > 2") == "true"


def test_using_disposes_at_the_end_of_the_cell(shared):
    resource = "{ [Symbol.dispose]() { console.log('disposed') }, value: 1 }"
    ran = shared.run(f"using r = {resource}; console.log('in use'); r.value")
    assert ran.text() == "in use\ndisposed\n"
    assert ran.result == "1"
    failing = shared.run(f"using q = {resource}; throw new Error('x')")
    assert failing.text() == "disposed\n"
    asynchronous = "{ async [Symbol.asyncDispose]() { await 0; console.log('gone') } }"
    assert shared.run(f"await using z = {asynchronous}; 1").text() == "gone\n"
    assert shared.run("using nothing = 5").error["ename"] == "TypeError"


def test_typescript_is_stripped(shared):
    code = (
        "interface Point { x: number; y?: number }\ntype Id<T> = T extends string ? T : never;\n"
        "abstract class Shape { abstract area(): number; protected readonly tag: string = 's' }\n"
        "class Square extends Shape { declare extra: number; area(): number { return 4 as number } }\n"
        "const p = { x: 1 } satisfies Point; const g = <T,>(v: T): T => v;\n"
        "declare const ghost: number;\nnew Square().area() + g<number>(p.x!)"
    )
    assert shared.value(code) == "5"


def test_enums_namespaces_and_parameter_properties_are_compiled(shared):
    assert shared.value("enum Color { Red, Green = 'g' }\n[Color.Red, Color.Green, Color[0]]") == "[ 0, 'g', 'Red' ]"
    assert shared.value("namespace Geometry { export const unit = 1 }\nGeometry.unit") == "1"
    assert shared.value("class P { constructor(readonly x: number) {} }\nnew P(3).x") == "3"
    assert shared.value("Color.Green") == "'g'"


def test_decorators_are_compiled(shared):
    code = (
        "const calls: string[] = [];\nfunction logged(method: any, context: ClassMethodDecoratorContext) {\n"
        "  return function (this: any, ...args: any[]) { calls.push(String(context.name)); return method.apply(this, args) }\n}\n"
        "class Counter { @logged up() { return 1 } }\nnew Counter().up(); calls"
    )
    assert shared.value(code) == "[ 'up' ]"


def test_static_imports_of_builtins(shared):
    assert shared.value("import { join, sep as separator } from 'node:path'; join('a', 'b') + separator") == "'a/b/'"
    assert shared.value("import fs from 'node:fs'; typeof fs.readFileSync") == "'function'"
    assert shared.value("import * as os from 'node:os'; typeof os.EOL") == "'string'"
    assert shared.value("import path, { basename } from 'path'; basename(path.resolve('x'))") == "'x'"
    assert shared.value("import 'node:os'; import type { Stats } from 'node:fs'; import { type Dirent } from 'node:fs'; 1") == "1"


def test_dynamic_imports_work_in_cells_and_in_functions_they_declare(shared):
    assert shared.value("const { EOL } = await import('node:os'); EOL.length > 0") == "true"
    shared.run("const load = (name: string) => import(name)")
    assert shared.value("(await load('node:path')).sep") == "'/'"


def test_import_meta_is_that_of_the_notebooks_folder(shared, notebook_folder):
    assert shared.value("import.meta.dirname") == f"'{notebook_folder}'"
    assert shared.value("import.meta.url.startsWith('file:')") == "true"


def test_require_works(shared):
    assert shared.value("const { EOL: end } = require('node:os'); typeof end") == "'string'"


def test_packages_of_both_kinds_json_and_local_typescript(shared, notebook_folder):
    modules = notebook_folder / "node_modules"
    for name, files in {
        "only-esm": {
            "package.json": json.dumps({"name": "only-esm", "type": "module", "exports": "./main.js"}),
            "main.js": "export const kind = 'esm'; export default function () { return 'default' }",
        },
        "old-cjs": {
            "package.json": json.dumps({"name": "old-cjs", "main": "main.js"}),
            "main.js": "const hidden = 'kind'; module.exports = { [hidden]: 'cjs', plain: 1 };",
        },
    }.items():
        (modules / name).mkdir(parents=True)
        for file, text in files.items():
            (modules / name / file).write_text(text)
    (notebook_folder / "data.json").write_text('{"answer": 42}')
    (notebook_folder / "shapes.ts").write_text(
        "import data from './data.json';\nimport { unit } from './unit';\n"
        "export interface Shape { side: number }\nexport enum Kind { Round }\n"
        "export const area = (s: Shape): number => s.side * s.side * unit;\nexport const answer: number = data.answer;\n"
    )
    (notebook_folder / "unit.ts").write_text("export const unit: number = 1;\n")

    assert shared.value("import whole, { kind } from 'only-esm'; [kind, whole()]") == "[ 'esm', 'default' ]"
    assert shared.value("import old, { kind as k2, plain } from 'old-cjs'; [k2, plain, old.plain]") == "[ 'cjs', 1, 1 ]"
    assert shared.value("import data from './data.json'; data.answer") == "42"
    assert shared.value("import again from './data.json' with { type: 'json' }; again.answer") == "42"
    assert shared.value("import { area, answer, Kind, Shape } from './shapes.ts'; [area({ side: 3 }), answer, Kind.Round]") == "[ 9, 42, 0 ]"
    assert shared.value("import { unit } from './unit.js'; unit") == "1"


def test_a_changed_local_module_is_read_anew_at_the_next_import(shared, notebook_folder):
    inner = notebook_folder / "inner.ts"
    inner.write_text("export const version: number = 1;\n")
    (notebook_folder / "outer.ts").write_text("export { version } from './inner.ts';\n")
    assert shared.value("import { version } from './outer.ts'; version") == "1"
    inner.write_text("export const version: number = 22;\n")
    assert shared.value("import { version } from './outer.ts'; version") == "22"


def test_a_missing_package_says_its_name(shared):
    error = shared.run("import x from 'no-such-package'").error
    assert "no-such-package" in error["evalue"]


def test_a_missing_export_says_its_name_and_the_way_out(shared):
    error = shared.run("import { redaFile } from 'node:fs'").error
    assert error["evalue"] == (
        "'node:fs' has no export named 'redaFile'; if it is a type, write `import type { redaFile }`"
    )


def test_estimand_is_there_in_any_folder(shared):
    assert shared.value("import { normal } from 'estimand'; typeof normal") == "'function'"
    assert shared.value("import * as all from 'estimand'; 'normal' in all") == "true"
    assert shared.value("import { currentHost } from 'estimand/host/host'; typeof currentHost()!.display") == "'function'"


def test_estimand_is_there_for_local_modules(shared, notebook_folder):
    (notebook_folder / "mymodel.ts").write_text(
        "import { normal } from 'estimand';\nexport const made: string = typeof normal(0, 1);\n"
    )
    assert shared.value("import { made } from './mymodel.ts'; made") == "'object'"


def test_operators_of_expressions_work_in_cells_and_in_local_modules(shared, notebook_folder):
    for name in ("formula.ts", "formula.mjs"):
        parameter = "x: any" if name.endswith("ts") else "x"
        (notebook_folder / name).write_text(f"export function line({parameter}) {{ 'use expression'; return 2 * x + 1; }}\n")
    code = (
        "import { model, normal } from 'estimand';\n"
        "import { line as typed } from './formula.ts'; import { line as plain } from './formula.mjs';\n"
        "function own(x: any) { 'use expression'; return 3 * x - 1 }\n"
        "model().data({ y: [1, 2] }).parameters({ a: normal(0, 1) })\n"
        "  .derived(({ a }) => ({ b: typed(a), c: plain(a), d: own(a), e: a ** 2 / 4 }));\n"
        "[typed(3), plain(3), own(3)]"
    )
    assert shared.value(code) == "[ 7, 7, 8 ]"


def test_operators_elsewhere_name_the_directive(shared):
    shared.run("import { model, normal } from 'estimand'; function bare(x: any) { return x + 1 }")
    error = shared.run("model().parameters({ a: normal(0, 1) }).derived(({ a }) => ({ b: bare(a) }))").error
    assert "'use expression'" in error["evalue"]
    assert "> 1 │ import { model, normal } from 'estimand'; function bare(x: any) { return x + 1 }" in error["text"]


def test_exports_in_a_cell_are_declarations(shared):
    shared.run("export const exported = 1; export function alsoExported() { return exported }")
    assert shared.value("alsoExported()") == "1"


def test_a_cell_may_redeclare_a_global_of_the_session(shared):
    assert shared.value("const display = 5; display") == "5"


def test_help_with_a_question_mark_is_paged(shared):
    ran = shared.run("Math.hypot?")
    (page,) = ran.content["payload"]
    assert page["source"] == "page"
    assert "square root" in page["data"]["text/plain"]


def test_an_enum_that_is_declared_again_is_a_new_one(shared):
    shared.run("enum Phase { Solid, Liquid }")
    assert shared.value("enum Phase { Gas = 5 }\nObject.keys(Phase)") == "[ '5', 'Gas' ]"
    assert shared.value("enum Phase { A }\nenum Phase { B = 1 }\nObject.keys(Phase)") == "[ '0', '1', 'A', 'B' ]"
    shared.run("import { sep as Taken } from 'node:path'; let Slot = 'a text'; const Fixed = 5; function Called() {}")
    for name in ("Taken", "Slot", "Fixed", "Called"):
        assert shared.value(f"enum {name} {{ One }}\n{name}.One") == "0"
        assert shared.value(f"{name}[0]") == "'One'"


def test_a_namespace_that_is_declared_again_is_a_new_one(shared):
    shared.run("namespace Units { export const metre = 1 }")
    assert shared.value("namespace Units { export const second = 2 }\nObject.keys(Units)") == "[ 'second' ]"
    code = "namespace Units { export const a = 1 }\nnamespace Units { export const b = 2 }\nUnits"
    assert shared.value(code) == "{ a: 1, b: 2 }"
    shared.run("let Held = 1; const Kept = 2; function Made() {}; class Built {}")
    for name in ("Held", "Kept", "Made", "Built"):
        shared.run(f"namespace {name} {{ export const x = 3 }}")
        assert shared.value(f"{name}") == "{ x: 3 }"


def test_namespaces_merge_with_a_class_or_function_of_their_cell(shared):
    for _ in range(2):
        assert shared.value("class Merge { a = 1 }\nnamespace Merge { export const s = 2 }\n[new Merge().a, Merge.s]") == "[ 1, 2 ]"
        assert shared.value("function merged() { return 1 }\nnamespace merged { export const s = 2 }\nmerged() + merged.s") == "3"
    assert shared.value("namespace Deep.Er { export const x = 1 }\nDeep.Er.x") == "1"


def test_modules_with_enums_namespaces_json_and_commonjs_are_imported(shared, notebook_folder):
    (notebook_folder / "kinds.ts").write_text(
        "export enum Kind { A = 1, B }\nexport namespace Geo { export const unit = 3 }\nexport interface P { x: number }\n"
        "export class Held { constructor(readonly v: number) {} }\nexport default function nine() { return 9 }\n"
    )
    (notebook_folder / "old.cjs").write_text("module.exports = { one: 1, two() { return 2 } }")
    (notebook_folder / "kept.json").write_text('{"list": [1, 2]}')
    code = "import nine, { Kind, Geo, Held, type P } from './kinds.ts';\n[nine(), Kind.B, Geo.unit, new Held(4).v]"
    assert shared.value(code) == "[ 9, 2, 3, 4 ]"
    assert shared.value("Kind[1] + nine()") == "'A9'"
    assert shared.value("import { one, two } from './old.cjs'; import old from './old.cjs'; one + two() + old.one") == "4"
    code = "import kept from './kept.json'; import again from './kept.json' with { type: 'json' }; kept === again"
    assert shared.value(code) == "true"
    assert shared.value("kept.list") == "[ 1, 2 ]"
    assert shared.value("import fs = require('node:fs'); typeof fs.readFileSync") == "'function'"


def test_decorated_classes_persist(shared):
    shared.run(
        "function same(value: any, context: DecoratorContext) { return value }\n"
        "@same class Decorated { @same method() { return 1 } @same accessor field = 5 }"
    )
    assert shared.value("const kept_one = new Decorated(); [kept_one.method(), kept_one.field]") == "[ 1, 5 ]"


def test_a_name_of_an_earlier_cell_may_be_exported(shared):
    shared.run("const early = 1; let earlier = 2; function earliest() { return 3 }; type Early = number")
    for code in ("export { early }", "export { early as late, earlier };", "export { earliest as default }", "export type { Early }"):
        assert shared.run(code).status == "ok", code
    assert shared.value("export { early }; early + earlier") == "3"


def test_default_exports_with_and_without_a_name(shared):
    assert shared.value("export default class {}\n[1].length") == "1"
    assert shared.value("export default function () {}\n(2 + 3)") == "5"
    shared.run("export default function named() { return 7 }")
    assert shared.value("named()") == "7"
    shared.run("export default class Titled { x = 4 }")
    assert shared.value("new Titled().x") == "4"
    assert shared.run("export default 5").result is None


def test_modules_are_exported_from_a_cell_and_evaluated(shared, notebook_folder):
    (notebook_folder / "told.ts").write_text("export const told: number = 1;\nconsole.log('evaluated');\n")
    assert shared.run("export * from './told.ts'").text() == "evaluated\n"
    assert shared.run("export { told as again } from './told.ts'; export * as all from './told.ts'").status == "ok"


DECORATED = (
    "type Key = string | symbol | undefined;\n"
    "function part(target: object, key: Key, index: number) { seen.push(`${String(key)} ${index}`) }\n"
    "function member(target: object, key: Key, descriptor?: PropertyDescriptor) { seen.push(`${String(key)} ${typeof descriptor}`) }\n"
)


def test_decorated_parameters_are_of_the_older_kind_and_so_is_all_in_their_cell(shared):
    shared.run("const seen: string[] = [];\n" + DECORATED)
    code = "class Old { constructor(@part private readonly x: number) {} @member field = 1; @member m(@part y: number) { return this.x + y } }"
    assert shared.value(code + "\n[new Old(2).m(3), ...seen]") == (
        "[ 5, 'field undefined', 'm 0', 'm object', 'undefined 0' ]"
    )


def test_decorators_are_of_the_older_kind_where_the_folder_says_so(fresh, tmp_path):
    (tmp_path / "tsconfig.json").write_text('{ // a comment\n  "compilerOptions": { "experimentalDecorators": true, } }\n')
    fresh.run("const seen: string[] = [];\n" + DECORATED, timeout=30)
    assert fresh.value("class Told { @member m() { return 1 } }\n[new Told().m(), ...seen]") == "[ 1, 'm object' ]"


def test_decorators_in_a_local_module_are_compiled(shared, notebook_folder):
    (notebook_folder / "decorated.ts").write_text(
        "/** @param method called twice */\n"
        "function twice(method: () => number, context: ClassMethodDecoratorContext) {\n"
        "  return function (this: unknown): number { return 2 * method.call(this as never) }\n}\n"
        "export enum Kind { A = 3 }\n"
        "export class Thing { constructor(private n: number = 4) {} @twice up(): number { return this.n } }\n"
    )
    assert shared.value("import { Thing, Kind } from './decorated.ts'; [new Thing().up(), Kind.A]") == "[ 8, 3 ]"


def test_several_resources_are_disposed_of_in_reverse_at_the_end_of_the_cell(shared):
    make = "const made = (name: string) => ({ [Symbol.dispose]() { console.log(name) } });\n"
    assert shared.run(make + "using a = made('a'), b = made('b'); console.log('body')").text() == "body\nb\na\n"
    assert shared.run("{ using c = made('c'); console.log('in') }").text() == "in\nc\n"
    assert shared.run("for (using d of [made('d')]) console.log('loop')").text() == "loop\nd\n"
    code = (
        "async function held() { await using e = { async [Symbol.asyncDispose]() { console.log('e') } }; return 4 }\n"
        "await held()"
    )
    ran = shared.run(code)
    assert (ran.text(), ran.result) == ("e\n", "4")


def test_accessor_fields_are_compiled(shared, notebook_folder):
    code = "class Held { accessor x = 1; static accessor y: number = 2; accessor #z = 3; get z() { return this.#z } }\n"
    assert shared.value(code + "const held = new Held(); held.x++; [held.x, Held.y, held.z]") == "[ 2, 2, 3 ]"
    (notebook_folder / "held.ts").write_text("export class Kept { accessor x: number = 4 }\n")
    assert shared.value("import { Kept } from './held'; new Kept().x") == "4"


def test_a_modifier_that_does_not_fit_is_a_matter_of_types(shared):
    assert shared.value("class Loose { override toString(): string { return 'loose' } }\n`${new Loose()}`") == "'loose'"
