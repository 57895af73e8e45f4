/**
 * Arithmetic in single precision written as instructions for several vectors of four numbers: the counterpart of
 * `scalarLanes`. Each operation is written for one vector after the other before the next operation begins: functions
 * are long chains of operations that wait for each other, and the processor has others at hand meanwhile.
 */
import type { Lanes } from '../../single/lanes.ts';
import type { Code, Vector } from './code.ts';

/** The bits of √½. */
const ROOT_HALF = 0x3f3504f3;
/** 1.5 · 2^23: a smaller number added to it is rounded to a whole one, which its last bits then are. */
const SHIFTER = 12582912;
const SHIFTER_BITS = 0x4b400000;
/** The bits of 1. */
const ONE = 0x3f800000;

/** Vectors that are worked on in turn, or a single one that stands for all. */
export type Vectors = readonly Vector[];

/** Lanes that append to this code. With `fused`, products that are added are not rounded. */
export function vectorLanes(code: Code, fused = false): Lanes<Vectors> {
  const each = (operands: readonly Vectors[], write: (operands: readonly Vector[]) => Vector): Vectors => {
    const count = Math.max(...operands.map(({ length }) => length));
    return Array.from({ length: count }, (_, i) => write(operands.map((operand) => operand[i % operand.length]!)));
  };
  const binary =
    (name: Parameters<Code['binary']>[0]) =>
    (a: Vectors, b: Vectors): Vectors =>
      each([a, b], ([x, y]) => code.binary(name, x!, y!));
  const unary =
    (name: Parameters<Code['unary']>[0]) =>
    (a: Vectors): Vectors =>
      a.map((x) => code.unary(name, x));
  const all = (vector: Vector): Vectors => [vector];
  const [add, mul, or, and] = [binary('add'), binary('mul'), binary('or'), binary('and')];
  const shift = (direction: Parameters<Code['shift']>[0], a: Vectors, count: number): Vectors =>
    a.map((x) => code.shift(direction, x, count));
  const [plus, minus] = [binary('addIntegers'), binary('subIntegers')];
  return {
    reproducible: !fused,
    constant: (x) => all(code.constant(x)),
    add,
    sub: binary('sub'),
    mul,
    multiplyAdd: fused
      ? (a, b, c) => each([a, b, c], ([x, y, z]) => code.multiplyAdd(x!, y!, z!))
      : (a, b, c) => add(mul(a, b), c),
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
    select: (mask, a, b) => each([mask, a, b], ([m, x, y]) => code.select(m!, x!, y!)),
    withSign: (size, sign) => or(size, and(sign, all(code.constant(-0)))),
    whole(x) {
      const shifted = add(x, all(code.constant(SHIFTER)));
      return { k: binary('sub')(shifted, all(code.constant(SHIFTER))), bits: shifted };
    },
    // The last bits of a shifted number are k; what stands before them is shifted out.
    power: (bits) => plus(shift('left', bits, 23), all(code.integers(ONE))),
    powers(bits) {
      const k = minus(bits, all(code.integers(SHIFTER_BITS)));
      const half = shift('rightSigned', k, 1);
      const power = (exponent: Vectors) => plus(shift('left', exponent, 23), all(code.integers(ONE)));
      return [power(half), power(minus(k, half))];
    },
    split(x) {
      const e = shift('rightSigned', minus(x, all(code.integers(ROOT_HALF))), 23);
      const m = minus(x, shift('left', e, 23));
      return { m, e: unary('fromIntegers')(e) };
    },
  };
}
