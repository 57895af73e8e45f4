/**
 * Bayesian estimation in place of the t-test (Kruschke 2013, J. Exp. Psychol. Gen. 142, 573–603): Student's t
 * distribution for the data, so that outliers count little, its own mean and spread for each group, and draws of what is of
 * interest. The priors are his: as wide as the data allow.
 */
import { mean as meanOf, standardDeviation } from '../../data/moments.ts';
import { exponential, normal, studentT, uniform } from '../../distributions/index.ts';
import { checkNames } from '../../estimate/options.ts';
import { type SampleOptions, sample } from '../../estimate/sample.ts';
import { model } from '../../model/index.ts';
import { sampleOf } from '../test.ts';

/** Those of `sample` that say how long it runs and how it reports. */
export type EstimationOptions = Pick<
  SampleOptions,
  'chains' | 'warmup' | 'draws' | 'seed' | 'signal' | 'onProgress' | 'workers'
>;

const names = ['chains', 'warmup', 'draws', 'seed', 'signal', 'onProgress', 'workers'] as const;

/**
 * Estimate by how much two groups differ: in mean, in spread, and in standard deviations.
 *
 * @returns a posterior with `meanX`, `meanY`, `sdX`, `sdY`, `normality` (degrees of freedom; above 30 as good as normal),
 *   `difference` of the means, `ratio` of the spreads, and `effectSize`
 * @throws RangeError when a sample has fewer than two values, or values that do not vary
 * @example (await estimateDifference(treated, control, { seed: 1 })).summary().row('difference')
 */
export async function estimateDifference(x: ArrayLike<number>, y: ArrayLike<number>, options: EstimationOptions = {}) {
  checkNames('estimateDifference', options, [...names]);
  const first = sampleOf('estimateDifference', 'x', x, 2);
  const second = sampleOf('estimateDifference', 'y', y, 2);
  const both = Float64Array.of(...first, ...second);
  const [centre, spread] = [meanOf(both), standardDeviation(both)];
  if (!(spread > 0 && spread < Infinity)) {
    throw new RangeError('estimateDifference: finite values that vary expected');
  }
  const sd = uniform(spread / 1000, spread * 1000);
  const told = model()
    .data({ x: first, y: second })
    .parameters({
      meanX: normal(centre, 1000 * spread),
      meanY: normal(centre, 1000 * spread),
      sdX: sd,
      sdY: sd,
      beyondOne: exponential(1 / 29),
    })
    .derived(({ meanX, meanY, sdX, sdY, beyondOne }) => ({
      normality: beyondOne.add(1),
      difference: meanX.sub(meanY),
      ratio: sdX.div(sdY),
      effectSize: meanX.sub(meanY).div(sdX.square().add(sdY.square()).div(2).sqrt()),
    }))
    .observe(({ meanX, meanY, sdX, sdY, beyondOne }) => ({
      x: studentT(beyondOne.add(1), meanX, sdX),
      y: studentT(beyondOne.add(1), meanY, sdY),
    }));
  return sample(told, options);
}
