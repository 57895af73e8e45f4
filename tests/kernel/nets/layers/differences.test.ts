/**
 * Gradients of every layer, by parameters and inputs, against central differences in double precision.
 */
import { describe, expect, it } from 'vitest';
import { ownCases, torchCases } from './cases.ts';
import { type Run, runOnWaves } from './waves.ts';

const h = 1e-5;

/** Largest difference between a gradient and central differences, for at most 12 of its elements. */
function farthest(
  run: Run,
  array: () => Float32Array | Float64Array | Int32Array,
  gradient: ArrayLike<number>,
): number {
  const every = Math.max(1, Math.floor(gradient.length / 12));
  let far = 0;
  for (let i = 0; i < gradient.length; i += every) {
    const at = array();
    const before = at[i]!;
    at[i] = before + h;
    const above = run.loss();
    array()[i] = before - h;
    const below = run.loss();
    array()[i] = before;
    far = Math.max(far, Math.abs((above - below) / (2 * h) - gradient[i]!) / (1 + Math.abs(gradient[i]!)));
  }
  return far;
}

describe('the gradient of a layer is that of differences', () => {
  it.each(Object.entries({ ...torchCases, ...ownCases }))('%s', (_, given) => {
    const run = runOnWaves(given.layer, { ...given, precision: 'double' });
    for (const [path, gradient] of Object.entries(run.gradients)) {
      expect(
        farthest(run, () => run.net.state.array(path), gradient),
        path,
      ).toBeLessThan(1e-7);
    }
    run.inputGradients.forEach((gradient, i) => {
      expect(
        farthest(run, () => run.input(i), gradient),
        `input ${i}`,
      ).toBeLessThan(1e-7);
    });
  });
});

describe('single precision gives what double does', () => {
  it.each(Object.entries(ownCases))('%s', (_, given) => {
    const [single, double] = (['single', 'double'] as const).map((precision) =>
      runOnWaves(given.layer, { ...given, precision }),
    );
    for (const [i, output] of double!.outputs.entries()) {
      for (let k = 0; k < output.length; k++) {
        expect(single!.outputs[i]![k]).toBeCloseTo(output[k]!, 4);
      }
    }
    for (const [path, gradient] of Object.entries(double!.gradients)) {
      for (let k = 0; k < gradient.length; k++) expect(single!.gradients[path]![k]).toBeCloseTo(gradient[k]!, 4);
    }
  });
});
