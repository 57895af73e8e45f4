import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packF32, packU16, unpack } from '#kernel/figure/pack';

describe('packing arrays into text', () => {
  it('places each number within half a step of 1/65534 of the range', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
        const back = unpack(packU16(values));
        const step = (Math.max(...values) / 65534 - Math.min(...values) / 65534) * 0.51 + 1e-300;
        return values.every((value, i) => Math.abs(back[i]! - value) <= step + 1e-12 * Math.abs(value));
      }),
    );
  });

  it('keeps the ends exactly and turns what is not finite into NaN', () => {
    const back = unpack(packU16([3, Number.NaN, 7, Number.POSITIVE_INFINITY]));
    expect([...back]).toEqual([3, Number.NaN, 7, Number.NaN]);
  });

  it('survives an array without a finite number, an empty one, and a constant one', () => {
    expect([...unpack(packU16([Number.NaN]))]).toEqual([Number.NaN]);
    expect([...unpack(packU16([]))]).toEqual([]);
    expect([...unpack(packU16([5, 5]))]).toEqual([5, 5]);
  });

  it('keeps infinities and NaN in 32-bit floats', () => {
    const values = [1.5, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN];
    expect([...unpack(packF32(values))]).toEqual(values);
  });

  it('packs more numbers than a call may have arguments', () => {
    const values = Float64Array.from({ length: 300_000 }, (_, i) => i);
    expect(unpack(packF32(values)).at(-1)).toBe(299_999);
  });
});
