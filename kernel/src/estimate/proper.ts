/**
 * Whether a posterior can be normalised, as far as that can be seen: a parameter with a flat prior, unbounded on a
 * side, on which nothing depends, cannot.
 */
import type { CompiledModel } from '../model/index.ts';
import { foldIn, type Key } from '../numeric/random.ts';
import { Pace } from './pause.ts';
import { randomPosition } from './start.ts';

/** Positions at which the gradient is looked at; a dependence that vanishes at all of them by chance is not to be feared. */
const looks = 3;

/** The first such parameter, or undefined. */
export async function improperParameter(compiled: CompiledModel, key: Key): Promise<string | undefined> {
  const free = compiled.parameters.filter(({ role, distribution: { support } }) => {
    return role === 'free' && support.structure === 'real' && !(support.lower && support.upper);
  });
  if (free.length === 0) return undefined;
  // Without bounds there is no Jacobian: the density that is to be sampled will do.
  const jacobian = free.every(({ distribution: { support } }) => !support.lower && !support.upper);
  const density = compiled.density({ prior: true, jacobian });
  const pace = new Pace();
  const gradients: Float64Array[] = [];
  for (let i = 0; i < looks; i++) {
    const gradient = new Float64Array(compiled.dimension); // (d,)
    density.valueAndGradient(randomPosition(compiled.dimension, foldIn(key, i)), gradient);
    gradients.push(gradient);
    await pace.breathe();
  }
  const unseen = ({ unconstrainedOffset: from, unconstrainedSize: size }: (typeof free)[number]) =>
    Array.from({ length: size }, (_, k) => from + k).some((i) => gradients.every((g) => g[i] === 0));
  return free.find(unseen)?.name;
}
