/**
 * docs/distributions.md, made from the registry:
 *
 *     node tests/kernel/distributions/distributions-table.ts > docs/distributions.md        (Node 24)
 */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import * as distributions from '#kernel/distributions/index';
import {
  type DistributionDescription,
  describeDistributions,
  registeredFamilies,
} from '#kernel/distributions/registry';

/** Distributions made of others, which no registry can list. */
const made: readonly (readonly [name: keyof typeof distributions, how: string, what: string])[] = [
  [
    'truncated',
    '`truncated(d, { lower, upper })`',
    'any family with a distribution function, cut off and renormalised; mean and variance too',
  ],
  [
    'censored',
    '`censored(d, { lower, upper })`',
    'values of which only "at most" or "at least" is seen; mean and variance of what is seen',
  ],
  ['mixture', '`mixture(weights, [d, …])`', 'components of one kind, which one it was summed out'],
  ['zeroInflated', '`zeroInflated(zeros, d)`', 'counts with more zeros'],
  ['hurdle', '`hurdle(zeros, d)`', 'counts whose zeros are a matter of their own'],
  [
    'hiddenMarkov',
    '`hiddenMarkov(initial, transition, [d, …], length)`',
    'a series whose states are summed out by the forward algorithm; `hiddenStates` finds them',
  ],
  ['ordered', '`ordered(d)`, `positiveOrdered(d)`', 'vectors whose elements rise'],
];

const kindOf = (kind: string): string => (kind === 'int' ? 'discrete' : 'continuous');

function row({ name, summary, kind, parameters, support, signature, has }: DistributionDescription): string {
  const family = registeredFamilies().find((each) => each.name === name)!;
  const there = [has.cdf && 'cdf', has.quantile && 'quantile', has.mean && 'mean', has.variance && 'variance'];
  const tail = family.tracedLogCdf === undefined ? '' : ', traced cdf';
  const ranges = parameters.map((each) => `${each.name}: ${each.constraint}`).join('; ');
  const cells = [
    `\`${signature}\``,
    summary,
    kindOf(kind),
    support,
    ranges,
    `${there.filter(Boolean).join(', ')}${tail}`,
  ];
  return `| ${[...cells, has.sample ? 'yes' : 'no'].join(' | ')} |`;
}

/** The whole document. */
export function distributionsDocument(): string {
  const rows = describeDistributions().toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const head = [
    '| written as | what | kind | support | parameters | beside the density | draws |',
    '|---|---|---|---|---|---|---|',
  ];
  const others = made.map(([name, how, what]) => {
    if (!(name in distributions)) throw new Error(`${name} is not exported any more`);
    return `| ${how} | ${what} |`;
  });
  return `# Distributions

Every family of the registry (\`kernel/src/distributions\`), with what is known of it. Log densities have all their
constants. "Traced cdf": \`truncated\` and \`censored\` take estimated parameters and bounds; without it, but with a cdf,
known ones only. What is continuous can be a parameter; what is discrete can be observed, and is summed out of a model
by \`mixture\`, \`hiddenMarkov\` or \`logSumExp\` in \`.logDensity\`.

This page is made from the registry by
\`node tests/kernel/distributions/distributions-table.ts > docs/distributions.md\`; a test holds it to that.

## Families (${rows.length})

${[...head, ...rows.map(row)].join('\n')}

## Made of other distributions

| written as | what |
|---|---|
${others.join('\n')}

## Kernels of Gaussian processes

\`kernels\`: ${Object.keys(distributions.kernels)
    .map((name) => `\`${name}\``)
    .join(
      ', ',
    )}; sums by \`add\`, products by \`mul\`. Scales are standard deviations. \`gaussianProcess\` with \`noise\` is the
marginal likelihood, without it the function's own values, for which \`kernel.factor(x).matmul(z)\` is the non-centred
form; \`predictGaussianProcess\` gives the function at new points. All add a jitter of 1e-9 of the mean variance to the
diagonal unless \`jitter\` says otherwise.

## Series

\`arma\` is exact from a stationary start, or conditional on the values before the series (\`start\`);
\`autoregressiveCoefficients\` makes stationary coefficients of partial autocorrelations in (−1, 1). \`autoregressive\` is its
first order, and takes batches.
`;
}

if (argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(distributionsDocument());
