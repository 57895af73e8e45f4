/**
 * Every operation in single precision: WebAssembly has the bits of the interpreter, value and gradient, and both agree
 * with double precision within rounding.
 */
import { describe, expect, it } from 'vitest';
import { apply, variable } from '#kernel/program/expression';
import { grad } from '#kernel/program/gradient';
import type { OperationName } from '#kernel/program/operations/registry';
import { compileStep } from '#kernel/program/step';
import { type Case, cases, withoutDerivative } from '../cases.ts';

/** What no tolerance of single precision can be asked of: tolerances below it, or differences of large numbers. */
const doubleAlone: ReadonlySet<string> = new Set(['odeSolve', 'gammaLower', 'gammaUpper', 'betaLower', 'betaUpper']);

function run({ operands, build }: Case, name: OperationName, precision: 'single' | 'double', interpret: boolean) {
  const inputs = operands.map(({ shape }, i) => variable(`x${i}`, shape));
  const value = build(...inputs);
  const total = value.mul(weights(value.size, value.shape)).sum();
  const slopes = withoutDerivative.has(name) ? [] : grad(total, inputs);
  const step = compileStep({ inputs, outputs: [value, total, ...slopes], precision, interpret });
  const given = Object.fromEntries(operands.map(({ values }, i) => [`x${i}`, Float32Array.from(values)]));
  return step.run(given).map((each) => Array.from(each));
}

/** Different for every element, so that no two may be mistaken for each other. */
function weights(size: number, shape: readonly number[]) {
  const values = Float64Array.from({ length: size }, (_, i) => 1 + 0.25 * (i % 7));
  return apply('reshape', [values], { sizes: shape });
}

const all = (Object.entries(cases) as [OperationName, readonly Case[]][]).filter(([, list]) => list.length > 0);

describe.each(all)('%s in single precision', (name, list) => {
  it.each(list.map((each) => [each.label, each] as const))('%s', (_, each) => {
    const assembled = run(each, name, 'single', false);
    expect(assembled).toEqual(run(each, name, 'single', true));
    if (doubleAlone.has(name)) return;
    const double = run(each, name, 'double', false);
    const scale = 1 + Math.max(...double.flat().map(Math.abs).filter(Number.isFinite));
    assembled.forEach((values, i) => {
      values.forEach((x, j) => {
        const exact = double[i]![j]!;
        if (Number.isFinite(exact)) expect(Math.abs(x - exact)).toBeLessThan(1e-4 * scale);
        else expect(x).toBe(exact);
      });
    });
  });
});
