/**
 * Every layer against PyTorch 2.13.0 in single precision: outputs, gradients by parameters and inputs, buffers.
 * The figures are torch_figures.py's.
 */
import { describe, expect, it } from 'vitest';
import { torchCases } from './cases.ts';
import figures from './torch-figures.json' with { type: 'json' };
import { runOnWaves } from './waves.ts';

type Figures = Readonly<Record<string, readonly number[] | undefined>>;

/** Both were rounded to 24 bits on the way: the sums agree to some of their last places. */
function expectClose(found: ArrayLike<number> | undefined, expected: readonly number[], what: string): void {
  expect(found?.length, what).toBe(expected.length);
  const size = Math.max(1, ...expected.map(Math.abs));
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(found![i]! - value), `${what}[${i}]: ${found![i]} for ${value}`).toBeLessThan(5e-6 * size);
  }
}

describe('a layer has the outputs and gradients of PyTorch', () => {
  it.each(figures.layers.map((each) => [each.name, each] as const))('%s', (name, expected) => {
    const { prefix = '', ...given } = torchCases[name]!;
    const run = runOnWaves(given.layer, { ...given, paths: expected.paths.map((path) => prefix + path) });
    expect(run.net.trainable.toSorted()).toEqual(expected.paths.map((path) => prefix + path).toSorted());
    expect(run.outputs.length).toBe(expected.outputs.length);
    expected.outputs.forEach((output, i) => {
      expectClose(run.outputs[i], output, `output ${i}`);
    });
    for (const path of expected.paths) {
      expectClose(run.gradients[prefix + path], (expected.gradients as Figures)[path]!, path);
    }
    expected.inputGradients.forEach((slope, i) => {
      expectClose(run.inputGradients[i], slope, `input ${i}`);
    });
    if (!given.training) return;
    for (const [path, values] of Object.entries(expected.buffers ?? {})) expectClose(run.updates[path], values, path);
  });

  it('and every figure has its layer', () => {
    expect(figures.layers.map(({ name }) => name).toSorted()).toEqual(Object.keys(torchCases).toSorted());
  });
});
