import { describe, expect, it } from 'vitest';
import { cellCode } from '#kernel/jupyter/repl/cell-code';
import type { Declared } from '#kernel/jupyter/repl/declarations';

const slot: Declared = { place: 'slot', constant: false };
const global: Declared = { place: 'global', constant: false };
const constant: Declared = { place: 'slot', constant: true };
const rewrite = (code: string, session: Record<string, Declared> = {}) =>
  cellCode(code, new Map(Object.entries(session)));

describe('declarations', () => {
  it.each([
    ['const x = 1', {}, 'let x = 1'],
    ['const x = 1, { y } = z', {}, 'let x = 1, { y } = z'],
    ['let x = 1', { x: slot }, 'let x = 1'],
    ['var x = 1', {}, 'var x = 1'],
    ['var x = 1', { x: slot }, 'let x = 1'],
    ['let x = 1', { x: global }, 'var x = 1'],
    ['const { x, y } = z', { x: global }, 'var { x, y } = z'],
    ['function f() {}', {}, 'function f() {}'],
    ['function f() {}', { f: global }, 'function f() {}'],
    ['function f() {}', { f: slot }, 'let f = function f() {};'],
    ['class A {}', { A: slot }, 'class A {}'],
    ['class A {}', { A: global }, 'var A = class A {};'],
    ['{ const inner = 1 }', {}, '{ const inner = 1 }'],
    ['for (const x of y) {}', { x: global }, 'for (const x of y) {}'],
  ])('%s after %j', (code, session, expected) => {
    expect(rewrite(code, session as Record<string, Declared>).code).toBe(expected);
  });

  it.each([
    ['let x = 1', '; (x = 1);'],
    ['const x = 1;', '; (x = 1);;'],
    ['let x', '; (x = undefined);'],
    ['let x = 1, y = 2', '; (x = 1), (y = 2);'],
    ['const { x, y: [y] } = z', '; ({ x, y: [y] } = z);'],
    ['var x = 1', '; (x = 1);'],
    ['let x = 1, fresh = 2', 'let x = 1, fresh = 2'],
    ['class x {}', ';x = class x {};'],
    ['function x() {}', 'x = function x() {};'],
    ['import x from "m"', ';({ "default": x } = await __estimand.import("m", ["default"]));'],
    ['export const x = 1', '; (x = 1);'],
    ['f()\nlet x = 1', 'f()\n; (x = 1);'],
    ['let x\n(f)()', '; (x = undefined);\n__estimand.value(((f)()))'],
  ])('of names that have a value are assignments: %s', (code, expected) => {
    const filled: Declared = { place: 'slot', constant: true, filled: true };
    expect(rewrite(code, { x: filled, y: filled }).code).toBe(expected);
  });

  it('of a function over a variable are hoisted', () => {
    const { code } = rewrite('const r = f();\nfunction f() { return 1 }', { f: slot });
    expect(code).toBe('let f = function f() { return 1 };let r = f();\n');
  });

  it.each([
    ['var C = function(C) {}(C || {});', 'var C = function(C) {}( {});'],
    ['(function(N) {})(N || (N = {}));\nvar N;', '__estimand.value(((function(N) {})( (N = {}))));\n'],
    [
      'class C {}\n(function(C) {})(C || (C = {}));',
      'var C = class C {};\n__estimand.value(((function(C) {})(C || (C = {}))));',
    ],
    ['(function(D) {})(D || (D = {}));', '__estimand.value(((function(D) {})(D || (D = {}))));'],
  ])('that merge begin anew in another cell: %s', (code, expected) => {
    expect(rewrite(code, { C: global, N: slot }).code).toBe(expected);
  });

  it('of names of both places are assigned', () => {
    const { code } = rewrite('const [a, b, c] = xs', { a: global, b: slot });
    expect(code).toBe('let b, c; ([a, b, c] = xs)');
  });

  it('tell what a cell declares, and where it lives', () => {
    const { names } = rewrite('const a = 1; let [b, { c = 1, ...d }] = x; var e; function f() {} class G {}');
    expect([...names]).toEqual([
      ['a', constant],
      ['b', slot],
      ['c', slot],
      ['d', slot],
      ['e', global],
      ['f', global],
      ['G', slot],
    ]);
  });

  it('keep a name where the session first put it', () => {
    const { names } = rewrite('let f = 1; function x() {}', { f: global, x: slot });
    expect(names.get('f')).toEqual(global);
    expect(names.get('x')).toEqual(slot);
  });

  it('by using are disposed of by the session', () => {
    expect(rewrite('using r = open()').code).toBe('let r = __estimand.using(open())');
    expect(rewrite('await using r = open(), s = two()').code).toBe(
      'let r = __estimand.awaitUsing(open()), s = __estimand.awaitUsing(two())',
    );
    expect(rewrite('{ using r = open() }').code).toBe('{ using r = open() }');
  });
});

describe('assignments to constants', () => {
  const session = { k: constant, v: slot };
  it.each([
    ['k = 1', '__estimand.constant("k")'],
    ['k += 1;', '__estimand.constant("k");'],
    ['k++', '__estimand.constant("k")'],
    ['[v, k] = [1, 2]', '__estimand.constant("k")'],
    ['({ a: k } = o)', '(__estimand.constant("k"))'],
    ['function f() { k = 2 }', 'function f() { __estimand.constant("k") }'],
    ['const g = () => { k = await1 }', 'let g = () => { __estimand.constant("k") }'],
    ['k =\n  1', '__estimand.constant("k")\n'],
    ['k = await x', '__estimand.constant("k")'],
  ])('%j are refused', (code, expected) => {
    expect(rewrite(code, session).code).toBe(expected);
  });

  it.each([
    'v = 1',
    'k.x = 1',
    'function f(k) { k = 1 }',
    '{ let k = 1; k = 2 }',
    'for (let k = 0; k < 2; k++) v = k',
    'for (let k of v) k = 1',
    'try {} catch (k) { k = 1 }',
    'function f() { let k; k = 1 }',
    '(function k() { k = 1 });',
    'switch (v) { case 1: let k; k = 2 }',
  ])('%j are not: another k', (code) => {
    expect(rewrite(code, session).code).not.toContain('constant(');
  });

  it('are allowed once the name is declared as a variable', () => {
    expect(rewrite('let k = 1; k = 2', session).code).toBe('let k = 1; k = 2');
  });

  it('are refused in the cell that declares the constant', () => {
    expect(rewrite('const own = 1; own = 2').code).toBe('let own = 1; __estimand.constant("own")');
  });
});
