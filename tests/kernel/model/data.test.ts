import { describe, expect, it } from 'vitest';
import { readColumn } from '#kernel/model/data';

describe('what .data takes', () => {
  it.each([
    ['a number', 3, 'number', [], [3]],
    ['an array', [1, 2], 'vector', [2], [1, 2]],
    ['a typed array', Int32Array.of(1, 2, 3), 'vector', [3], [1, 2, 3]],
    [
      'nested arrays',
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      'matrix',
      [2, 3],
      [1, 2, 3, 4, 5, 6],
    ],
    ['rows of typed arrays', [Float64Array.of(1, 2), Float64Array.of(3, 4)], 'matrix', [2, 2], [1, 2, 3, 4]],
    ['deeper arrays', [[[1], [2]]], 'array', [1, 2, 1], [1, 2]],
    ['booleans', [true, false], 'vector', [2], [1, 0]],
    ['bigints', [1n, 2n], 'vector', [2], [1, 2]],
    ['nothing', [], 'vector', [0], []],
    ['infinities', [Infinity, -Infinity], 'vector', [2], [Infinity, -Infinity]],
  ])('%s', (_, value, kind, shape, values) => {
    const column = readColumn('x', value);
    expect(column).toEqual({ name: 'x', kind, shape, values: Float64Array.from(values) });
  });

  it('a factor keeps its codes and levels', () => {
    const column = readColumn('sex', { codes: Int32Array.of(0, 1, 0), levels: ['female', 'male'] });
    expect(column).toEqual({
      name: 'sex',
      kind: 'factor',
      shape: [3],
      values: Float64Array.of(0, 1, 0),
      levels: ['female', 'male'],
    });
  });

  it('copies, so that the model does not follow later changes', () => {
    const given = Float64Array.of(1, 2);
    const column = readColumn('x', given);
    given[0] = 99;
    expect(column.values).toEqual(Float64Array.of(1, 2));
  });
});

describe('what .data refuses at once', () => {
  it('rows of unequal length, naming both', () => {
    expect(() => readColumn('x', [[1, 2], [3]])).toThrow(
      "data 'x': rows of one array are equally long; row 0 has 2 values, row 1 has 1 value",
    );
    expect(() => readColumn('x', [[1, 2], 3])).toThrow('row 1 has one number');
    expect(() => readColumn('x', [1, [2]])).toThrow('row 0 has one number, row 1 has 1 value');
    expect(() => readColumn('x', [[], [1]])).toThrow('row 0 has 0 values, row 1 has 1 value');
  });

  it.each([
    [() => 1, 'a function'],
    [Promise.resolve([1]), 'a promise (await it)'],
    [{ a: 1 }, 'an object'],
    [[1, { a: 1 }], 'an object'],
    [Symbol('a'), 'a symbol'],
  ])('%s', (value, what) => {
    expect(() => readColumn('x', value)).toThrow(
      `data 'x' is ${what}; give a number, an array or nested arrays of numbers, a typed array, or a factor`,
    );
  });
});

describe('faults told when a column is used', () => {
  it.each([
    [
      'NaN',
      [1, Number.NaN, 3],
      "data 'x' has no value (NaN or null) at [1]; keep the complete rows only: dropMissing(data, ['x']).columns",
    ],
    ['null', [null, 2, null], "data 'x' has no value (NaN or null) at [0], and 1 more; keep"],
    ['undefined', [1, undefined], "data 'x' has no value (NaN or null) at [1];"],
    ['a scalar', Number.NaN, "data 'x' has no value (NaN or null);"],
    [
      'in a matrix',
      [
        [1, 2],
        [3, Number.NaN],
      ],
      "data 'x' has no value (NaN or null) at [1,1];",
    ],
    ['a missing level', { codes: Int32Array.of(0, -1), levels: ['a'] }, "data 'x' has no value (code −1) at [1];"],
    [
      'an impossible level',
      { codes: Int32Array.of(0, 5), levels: ['a', 'b'] },
      "data 'x': code 5 at [1] is not one of its 2 levels; codes go from 0 to 1, −1 where missing",
    ],
    ['text', ['a', 'b'], "data 'x' is text ('a'); make a factor of it: factor(x), or csv(path, { x: 'factor' })"],
  ])('%s', (_, value, fault) => {
    expect(readColumn('x', value).fault).toContain(fault);
  });
});
