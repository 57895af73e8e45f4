/**
 * What must compile and, marked with `@ts-expect-error`, what must not. Checked by `tsc` with everything else, and
 * by model.test.ts, which also reads the messages. Nothing here runs.
 */
import { csv } from '#kernel/data/index';
import { bernoulliLogit, type Distribution, halfCauchy, normal } from '#kernel/distributions/index';
import { mle, sample } from '#kernel/estimate/index';
import {
  type Draws,
  type DrawsOf,
  model,
  type ObservedOf,
  type ParametersOf,
  type ValuesOf,
} from '#kernel/model/index';
import type { Expr } from '#kernel/program/index';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_T extends true>(): void => undefined;

export async function shapesAreKnown(): Promise<void> {
  const schools = model()
    .data({ effect: [28, 8, -3, 7, -1, 1, 18, 12], se: [15, 10, 16, 11, 9, 11, 10, 18] })
    .parameters({ mu: normal(0, 5), tau: halfCauchy(0, 5) })
    .parameters(({ mu, tau }) => ({ theta: normal(mu, tau).size(8) }))
    .observe(({ theta, se }) => ({ effect: normal(theta, se) }));
  holds<Equal<ParametersOf<typeof schools>, { mu: []; tau: []; theta: [8] }>>();
  holds<Equal<ObservedOf<typeof schools>, 'effect'>>();
  holds<Equal<DrawsOf<typeof schools>['theta'], Draws<[8]>>>();
  holds<Equal<ValuesOf<typeof schools>['mu'], number>>();
  holds<Equal<ValuesOf<typeof schools>['theta'], Float64Array<ArrayBuffer>>>();

  const posterior = await sample(schools, { chains: 4, seed: 1 });
  posterior.draws.theta.shape satisfies readonly [number, number, 8];
  holds<Equal<typeof posterior.draws.theta, Draws<[8]>>>();
  holds<Equal<typeof posterior.draws.mu, Draws<[]>>>();
  // @ts-expect-error misspelt
  posterior.draws.tehta;
  const estimate = await mle(schools);
  holds<Equal<typeof estimate.estimates.mu, number>>();

  // Other data: lengths may change, kinds and names may not.
  schools.with({ effect: [1, 2], se: new Float64Array(2) });
  // @ts-expect-error another kind
  schools.with({ effect: 3 });
  // @ts-expect-error not in .data
  schools.with({ efect: [3] });
}

export async function namesAreChecked(): Promise<void> {
  const data = model().data({ y: [1], z: [2] });
  const told = data.parameters({ mu: normal(0, 1) });
  // @ts-expect-error misspelt in the scope
  told.observe(({ mi }) => ({ y: normal(mi, 1) }));
  // @ts-expect-error observe of what is not data
  told.observe(({ mu }) => ({ yy: normal(mu, 1) }));
  // @ts-expect-error a name twice
  data.parameters({ y: normal(0, 1) });
  // @ts-expect-error a name twice, in a function
  told.parameters(({ mu }) => ({ mu: normal(mu, 1) }));
  // @ts-expect-error a discrete parameter
  model().parameters({ k: bernoulliLogit(0) });
  // @ts-expect-error data twice
  data.data({ y: [2] });
  // @ts-expect-error derived twice
  told.derived(({ mu }) => ({ mu: mu.exp() }));
  // @ts-expect-error nothing observed: no likelihood
  await mle(told);
  // @ts-expect-error two observed, one misspelt
  told.observe(({ mu }) => ({ y: normal(mu, 1), zz: normal(mu, 1) }));
  // @ts-expect-error a distribution is wanted
  model().parameters({ a: 3 });
  // @ts-expect-error neither numbers nor a factor
  model().data({ y: new Map() });
}

export async function columnsAndFactors(): Promise<void> {
  const columns = await csv('radon.csv', { county: 'factor', y: 'number', floor: 'number' });
  const radon = model()
    .data(columns)
    .parameters({ mu: normal(0, 1), tau: halfCauchy(0, 1), sigma: halfCauchy(0, 1), b: normal(0, 1) })
    .parameters(({ mu, tau, county }) => ({ a: normal(mu, tau).size(county.levels) }))
    .derived(({ a, b, county, floor }) => ({ m: a.at(county).add(b.mul(floor)) }))
    .observe(({ m, sigma }) => ({ y: normal(m, sigma) }));
  const posterior = await sample(radon);
  holds<Equal<typeof posterior.draws.a, Draws<[number]>>>();
  holds<Equal<typeof posterior.draws.m, Draws<[number]>>>();
  // @ts-expect-error a factor is not a number of rows
  radon.with({ county: [1, 2] });

  const sized = model()
    .data({ N: 3 })
    .parameters({ s: normal(0, 1) })
    .parameters(({ N, s }) => ({ x: normal(s, 1).size(N, 2) }));
  holds<Equal<ParametersOf<typeof sized>, { s: []; x: [number, 2] }>>();

  // Columns the type checker does not know make every name one that is taken.
  const raw: Record<string, readonly number[]> = {};
  // @ts-expect-error names are unknown
  model().data(raw);
  const dictionary: Record<string, Distribution<[], 'real'>> = { a: normal(0, 1) };
  // @ts-expect-error names from a dictionary
  model().parameters(dictionary);

  const labels: readonly (string | null)[] = ['a', 'b'];
  const withText = model().data({ labels, y: [1, 2] });
  // @ts-expect-error text is no number
  withText.derived(({ y, labels }) => ({ b: y.add(labels) }));
}

export function operatorsAreLegal(): void {
  const kid = model()
    .data({ score: [1, 2, 3], iq: [90, 100, 110] })
    .parameters({ alpha: normal(0, 50), beta: normal(0, 10), sigma: halfCauchy(0, 5) })
    .derived(({ alpha, beta }) => ({ atMean: alpha + beta * 100, slope: beta.mul(15) }))
    .observe(({ alpha, beta, sigma, iq }) => ({ score: normal(alpha + (beta * (iq - 100)) / 15, sigma ** 2) }))
    .logDensity(({ sigma }) => -Math.log(sigma));
  // An operator's result is a number to the type checker: its shape is not known to it.
  holds<Equal<DrawsOf<typeof kid>['atMean'], Draws>>();
  holds<Equal<DrawsOf<typeof kid>['slope'], Draws<[]>>>();
  holds<Equal<ObservedOf<typeof kid>, 'score'>>();
  // Equal literal shapes broadcast to themselves; a clash of literal shapes is left to the run.
  const [e8, e3] = [{} as Expr<[8]>, {} as Expr<[3]>];
  holds<Equal<ReturnType<() => typeof e8>, Expr<[8]>>>();
  e8.add(e3);
}

export async function ownTerms(): Promise<void> {
  const own = model()
    .data({ y: [1, 2] })
    .parameters({ a: normal(0, 1) })
    .logDensity(({ a, y }) => -((a - y) ** 2));
  await mle(own); // a term of one's own is a likelihood
  holds<Equal<ObservedOf<typeof own>, never>>();
  // @ts-expect-error an object is no log density
  own.logDensity(() => ({}));
}

export async function twelveStages(): Promise<void> {
  const long = model()
    .data({ y: [1, 2], x: [1, 2] })
    .parameters({ a1: normal(0, 1) })
    .parameters(({ a1 }) => ({ a2: normal(a1, 1) }))
    .parameters(({ a2 }) => ({ a3: normal(a2, 1) }))
    .parameters(({ a3 }) => ({ a4: normal(a3, 1) }))
    .parameters(({ a4 }) => ({ a5: normal(a4, 1) }))
    .parameters(({ a5 }) => ({ a6: normal(a5, 1) }))
    .parameters(({ a6 }) => ({ a7: normal(a6, 1) }))
    .parameters(({ a7 }) => ({ a8: normal(a7, 1).size(4) }))
    .parameters(({ a8 }) => ({ a9: normal(a8, 1) }))
    .derived(({ a9, x }) => ({ g: a9.sum().mul(x) }))
    .observe(({ g, a1 }) => ({ y: normal(g, a1.exp()) }));
  const { draws } = await sample(long);
  holds<Equal<typeof draws.a9, Draws<[4]>>>();
  // @ts-expect-error there is no tenth
  draws.a10;
}
