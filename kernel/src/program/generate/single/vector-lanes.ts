/**
 * Arithmetic in single precision written as instructions for four numbers: the counterpart of `scalarLanes`.
 */
import type { Lanes } from '../../single/lanes.ts';
import type { Code, Vector } from './code.ts';

/** The bits of √½. */
const ROOT_HALF = 0x3f3504f3;

/** Lanes that append to this code. */
export function vectorLanes(code: Code): Lanes<Vector> {
  const binary =
    (name: Parameters<Code['binary']>[0]) =>
    (a: Vector, b: Vector): Vector =>
      code.binary(name, a, b);
  const unary =
    (name: Parameters<Code['unary']>[0]) =>
    (a: Vector): Vector =>
      code.unary(name, a);
  return {
    constant: (x) => code.constant(x),
    add: binary('add'),
    sub: binary('sub'),
    mul: binary('mul'),
    div: binary('div'),
    min: binary('min'),
    max: binary('max'),
    lesser: binary('lesser'),
    greater: binary('greater'),
    neg: unary('neg'),
    abs: unary('abs'),
    sqrt: unary('sqrt'),
    floor: unary('floor'),
    ceil: unary('ceil'),
    trunc: unary('trunc'),
    nearest: unary('nearest'),
    lt: binary('lt'),
    le: binary('le'),
    gt: binary('gt'),
    ge: binary('ge'),
    eq: binary('eq'),
    ne: binary('ne'),
    select: (mask, a, b) => code.select(mask, a, b),
    withSign: (size, sign) => code.binary('or', size, code.binary('and', sign, code.constant(-0))),
    powerOfTwo(k) {
      const exponent = code.binary('addIntegers', code.unary('toIntegers', k), code.integers(127));
      return code.shift('left', exponent, 23);
    },
    split(x) {
      const e = code.shift('rightSigned', code.binary('subIntegers', x, code.integers(ROOT_HALF)), 23);
      const m = code.binary('subIntegers', x, code.shift('left', e, 23));
      return { m, e: code.unary('fromIntegers', e) };
    },
  };
}
