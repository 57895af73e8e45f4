import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as hypothesis from '#kernel/hypothesis/index';
import type { HypothesisTest } from '#kernel/hypothesis/test';
import { expectNear } from './reference.ts';

// Small samples, with ties and without, on every side, by R 4.2.2 (stats): Rscript fixtures/r-many.R.
interface Case {
  readonly ours: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly call: string;
  readonly want: {
    readonly p: number;
    readonly statistic?: number | string;
    readonly parameters?: readonly (number | string)[];
    readonly interval?: readonly (number | string)[];
    readonly estimates?: readonly (number | string)[];
  };
}
const cases = JSON.parse(readFileSync(new URL('./fixtures/r-many.json', import.meta.url), 'utf8')) as Case[];
const tests = hypothesis as unknown as Record<string, (...args: unknown[]) => HypothesisTest>;
const ofOneSample = ['tTest', 'wilcoxonTest'];

/**
 * R looks for the ends of Fisher's and the exact Mantel–Haenszel intervals to about 1e-4 alone, and for those odds ratios;
 * its limits of Kolmogorov and Smirnov's distribution to 1e-5. Ours are held to figures found further in other tests.
 */
function tolerances({ ours, options }: Case) {
  const coarse = ours === 'fisherExactTest' || (ours === 'mantelHaenszelTest' && options.exact === true);
  const limit = ours === 'kolmogorovSmirnovTest' && options.exact === false;
  return { p: limit ? 1e-4 : 1e-8, interval: coarse ? 5e-3 : 1e-6, estimates: coarse ? 1e-4 : 1e-9 };
}

function run({ ours, args, options }: Case): HypothesisTest {
  const given = ofOneSample.includes(ours) && args.length === 1 ? [...args, undefined] : [...args];
  return tests[ours]!(...given, ...(Object.keys(options).length > 0 ? [options] : []));
}

const kinds = [...new Set(cases.map(({ ours }) => ours))];

describe.each(kinds.map((kind) => [kind, cases.filter(({ ours }) => ours === kind)] as const))('%s', (kind, mine) => {
  it(`is R's in ${mine.length} small cases`, () => {
    for (const each of mine) {
      const got = run(each);
      const { want } = each;
      const within = tolerances(each);
      const what = (figure: string) => `${figure} of ${each.call} with ${JSON.stringify(each.args).slice(0, 80)}`;
      expectNear(got.p, want.p, within.p, what('p'));
      if (want.statistic !== undefined) expectNear(got.statistic, want.statistic, 1e-9, what('statistic'));
      want.parameters?.forEach((value, i) => {
        expectNear(Object.values(got.parameters)[i]!, value, 1e-9, what('parameter'));
      });
      want.interval?.forEach((value, i) => {
        if (value === 'NaN') return; // an odds ratio of 0 or ∞: ours has no bound
        expectNear(got.interval![i]!, value, within.interval, what('interval'));
      });
      // Where R approximates it takes some point between the two middle differences; ours is the middle of them.
      if (kind === 'wilcoxonTest' && !got.method.includes('exact')) continue;
      want.estimates?.forEach((value, i) => {
        expectNear(Object.values(got.estimates)[i]!, value, within.estimates, what('estimate'));
      });
    }
  });

  it('answers the sides consistently: one of them is no more probable than half the two-sided', () => {
    const key = ({ args, options, call }: Case) =>
      JSON.stringify([args, { ...options, alternative: '' }, call.replace(/side/g, '')]);
    for (const each of mine.filter(({ options }) => options.alternative === 'two-sided')) {
      const sides = mine.filter((other) => other !== each && key(other) === key(each)).map((other) => run(other).p);
      if (sides.length === 2) expect(Math.min(...sides)).toBeLessThanOrEqual(run(each).p + 1e-12);
    }
  });
});
