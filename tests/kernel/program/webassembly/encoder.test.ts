import { describe, expect, it } from 'vitest';
import { Code, doubles } from '#kernel/program/generate/webassembly/code';
import { double, encodeModule, F64, I32, signed, unsigned } from '#kernel/program/generate/webassembly/encoder';

describe('numbers in LEB128', () => {
  it.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [300, [0xac, 0x02]],
    [624485, [0xe5, 0x8e, 0x26]],
    [2 ** 31 + 5, [0x85, 0x80, 0x80, 0x80, 0x08]],
  ])('%i of 0 or more', (value, bytes) => expect(unsigned(value)).toEqual(bytes));
  it.each([
    [0, [0]],
    [-1, [0x7f]],
    [63, [0x3f]],
    [64, [0xc0, 0x00]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [-123456, [0xc0, 0xbb, 0x78]],
  ])('%i with a sign', (value, bytes) => expect(signed(value)).toEqual(bytes));
});

it('a double is its eight bytes, lowest first', () => {
  expect(double(1)).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
  expect(double(-0)).toEqual([0, 0, 0, 0, 0, 0, 0, 0x80]);
});

/** Compile code that works on memory, and run it on these doubles. */
function run(code: Code, memory: readonly number[], ...given: number[]): number[] {
  const shared = new WebAssembly.Memory({ initial: 1 });
  const doublesIn = new Float64Array(shared.buffer);
  doublesIn.set(memory);
  const bytes = encodeModule(
    [{ name: 'twice', signature: { parameters: doubles(1), results: [F64] } }],
    [{ name: 'f', signature: code.signature, ...code.finish() }],
  );
  expect(WebAssembly.validate(bytes)).toBe(true);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    env: { memory: shared, twice: (x: number) => 2 * x },
  });
  (exports.f as (...given: number[]) => void)(...given);
  return [...doublesIn.slice(0, 8)];
}

describe('code', () => {
  it('loads, computes and stores two lanes', () => {
    const code = new Code([]);
    const sum = code.binary('add', code.load({ bytes: 0 }), code.load({ bytes: 16 }));
    code.store({ bytes: 32 }, code.binary('mul', sum, code.constant(10)));
    expect(run(code, [1, 2, 3, 4]).slice(4, 6)).toEqual([40, 60]);
  });
  it('loads and stores one lane, leaving what is beside it', () => {
    const code = new Code([]);
    const one = code.load({ bytes: 0 }, 1);
    code.storeLane({ bytes: 16 }, code.binary('sub', code.constant(1), one), 0);
    code.storeLane({ bytes: 32 }, one, 1);
    expect(run(code, [5, 6, 7, 8, 9, 10]).slice(0, 6)).toEqual([5, 6, -4, 8, 0, 10]);
  });
  it('counts through a loop by a step, and not at all to an end of 0', () => {
    const code = new Code([]);
    const total = code.variable();
    const counter = code.counter();
    code.loop(counter, 40, 8, () =>
      code.assign(total, code.binary('add', total, code.load({ base: counter, bytes: 0 }, 1))),
    );
    code.loop(code.counter(), 0, 8, () => code.assign(total, code.constant(-1)));
    code.storeLane({ bytes: 48 }, total, 0);
    expect(run(code, [1, 2, 3, 4, 5, 100])[6]).toBe(15);
  });
  it('takes parameters, calls functions of numbers lane by lane, and shuffles', () => {
    const code = new Code([F64, I32]);
    const both = code.loadLane(code.spread(0), 1, { base: 1, bytes: 8 });
    const doubled = code.callEach(0, [both], 2);
    code.store({ bytes: 32 }, code.shuffle(doubled, doubled, 1, 0));
    expect(run(code, [1, 2, 3], 7, 8).slice(4, 6)).toEqual([6, 14]);
  });
  it('does a rare case only where a lane asks for it', () => {
    const code = new Code([]);
    for (const at of [0, 16]) {
      const x = code.load({ bytes: at });
      const mark = code.variable();
      code.otherwise(code.binary('gt', x, code.constant(0)), () => code.assign(mark, code.constant(1)));
      code.storeLane({ bytes: 32 + at }, mark, 0);
    }
    const found = run(code, [1, 2, 3, -4]);
    expect([found[4], found[6]]).toEqual([0, 1]);
  });
});
