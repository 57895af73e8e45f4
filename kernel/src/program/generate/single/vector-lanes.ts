/**
 * Arithmetic in single precision written as instructions for several vectors of four numbers: the counterpart of
 * `scalarLanes`. Each operation is written for one vector after the other before the next operation begins: functions
 * are long chains of operations that wait for each other, and the processor has others at hand meanwhile.
 */
import type { Lanes } from '../../single/lanes.ts';
import type { Code, Vector } from './code.ts';

/** The bits of √½. */
const ROOT_HALF = 0x3f3504f3;

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
  const [plus, minus] = [binary('addIntegers'), binary('subIntegers')];
  return {
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
    powerOfTwo(k) {
      const exponent = plus(unary('toIntegers')(k), all(code.integers(127)));
      return exponent.map((e) => code.shift('left', e, 23));
    },
    split(x) {
      const e = minus(x, all(code.integers(ROOT_HALF))).map((bits) => code.shift('rightSigned', bits, 23));
      const m = minus(
        x,
        e.map((exponent) => code.shift('left', exponent, 23)),
      );
      return { m, e: unary('fromIntegers')(e) };
    },
  };
}
