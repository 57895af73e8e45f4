import { describe, expect, it } from 'vitest';
import { compile } from '#kernel/program/compile';
import { explainNonFinite } from '#kernel/program/explain';
import { constant, named, variable } from '#kernel/program/expression';
import { where } from '#kernel/program/functions';

const inputs = [{ name: 'position', shape: [3] }];
const position = variable('position', [3]);
const mu = named(position.at(0), 'mu');
const sigma = named(position.at(1), 'sigma');
const y = constant([1, 2, 4], 'y');

describe('explainNonFinite', () => {
  it('names the operation and its operand as the user does', () => {
    const program = compile({ inputs, outputs: [y.sub(mu).div(sigma).square().sum().add(sigma.log())] });
    const found = explainNonFinite(program, { position: Float64Array.of(0, -0.25, 0) });
    expect(found?.message).toBe('log(sigma) is NaN: sigma = -0.25');
    expect(found?.operation).toBe('log');
  });
  it('names the datum by its position', () => {
    const program = compile({ inputs, outputs: [y.sub(mu).log().sum()] });
    const found = explainNonFinite(program, { position: Float64Array.of(2, 0, 0) });
    expect(found?.message).toBe('log(y - mu) is NaN at element 0 of [3]: y - mu = -1');
    expect(found?.element).toBe(0);
  });
  it('says when the value came in that way', () => {
    const program = compile({ inputs, outputs: [mu.add(sigma)] });
    const found = explainNonFinite(program, { position: Float64Array.of(1, Number.NaN, 0) });
    expect(found?.expression).toBe('position');
    expect(found?.element).toBe(1);
  });
  it('does not follow a branch that was not taken', () => {
    const program = compile({ inputs, outputs: [where(mu.gt(0), mu.log(), mu.add(sigma.sqrt()))] });
    const found = explainNonFinite(program, { position: Float64Array.of(-1, -2, 0) });
    expect(found?.message).toBe('sqrt(sigma) is NaN: sigma = -2');
  });
  it('finds nothing where all is finite', () => {
    const program = compile({ inputs, outputs: [mu.add(sigma)] });
    expect(explainNonFinite(program, { position: Float64Array.of(1, 2, 3) })).toBeUndefined();
  });
});
