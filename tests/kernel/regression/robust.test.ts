import { describe, expect, it } from 'vitest';
import type { Factor } from '#kernel/data/factor';
import { glm } from '#kernel/regression/glm';
import { lm } from '#kernel/regression/lm';
import { type RobustKind, robustCovariance } from '#kernel/regression/robust';
import { casesOf, columnsOf, expectClose, type Matrix } from './reference.ts';

// R 4.2.2, sandwich 3.0-2: vcovHC and vcovCL; each call stands in its case.
const cases = casesOf(new URL('./fixtures/r-sandwich.json', import.meta.url));

describe('robustCovariance', () => {
  it.each(cases)('$call as sandwich has it', ({ call, data, results }) => {
    const { columns } = columnsOf(data);
    const formula = /lm\((.*?), (?:data|family) =/.exec(call)![1]!;
    const logistic = call.startsWith('glm');
    const fit = logistic ? glm(formula, columns, { family: 'binomial' }) : lm(formula, columns);
    for (const [kind, table] of Object.entries(results.vcov) as [RobustKind, Matrix][]) {
      expectClose(robustCovariance(fit, { kind }).covariance, table.values.flat(), logistic ? 1e-6 : 1e-8, kind);
    }
    if (!results.vcovCL) return;
    const column = columns[results.cluster_variable as string] as Factor | Float64Array;
    const clusters = (column as Factor).codes ?? (column as Float64Array);
    for (const kind of ['HC0', 'HC1'] as const) {
      const { covariance } = robustCovariance(fit, { kind, clusters });
      expectClose(covariance, results.vcovCL[kind].values.flat(), logistic ? 1e-5 : 1e-8, `clusters ${kind}`);
    }
  });

  it('is HC3 by rows and HC1 by clusters unless told otherwise', () => {
    const data = { x: [1, 2, 3, 4, 5, 6], y: [1, 3, 2, 5, 4, 7] };
    const fit = lm('y ~ x', data);
    const clusters = ['a', 'a', 'b', 'b', 'c', 'c'];
    expect(robustCovariance(fit)).toEqual(robustCovariance(fit, { kind: 'HC3' }));
    expect(robustCovariance(fit, { clusters })).toEqual(robustCovariance(fit, { kind: 'HC1', clusters }));
    expect(robustCovariance(fit).standardErrors.x).toBeGreaterThan(0);
    expect(() => robustCovariance(fit, { kind: 'HC3', clusters })).toThrow(/with clusters 'HC0' or 'HC1', got 'HC3'/);
    expect(() => robustCovariance(fit, { clusters: data.x.map(() => 1) })).toThrow(
      /two or more clusters expected, got 1/,
    );
    // @ts-expect-error no such kind
    expect(() => robustCovariance(fit, { kind: 'HC9' })).toThrow(/'HC0' to 'HC4' expected, got 'HC9'/);
  });
});
