/**
 * Fits as a user asks for them, each beside the same fit by the fastest of scipy, scikit-learn and statsmodels. A row more
 * is an entry more here, and a kind in `../peers/mle/fits.py`.
 */
import { bernoulliLogit, bootstrap, flat, type Model, matmul, mle, model } from '#kernel/index';
import { foldIn, key, Stream } from '#kernel/numeric/random';
import { type GeneralisedOptions, glm } from '#kernel/regression/glm';
import { lm } from '#kernel/regression/lm';
import { penalised } from '#kernel/regression/penalised';
import { type Kind, type Sample, sample } from './data.ts';

/** One case: what ours does, and what the peer is told to do. */
export interface Case {
  /** A name of KINDS in the peer's program, and what it is given. */
  readonly kind: string;
  readonly data: { readonly tolerance: number } & Readonly<Record<string, unknown>>;
  /** The whole fit, from the formula or the model to the estimates with their standard errors. @returns coefficients */
  work(): ArrayLike<number> | Promise<ArrayLike<number>>;
  /** By how much coefficients may differ. */
  readonly apart: number;
}

const ROWS = 10_000;
const COLUMNS = 20;

const plain = ({ columns, y }: Sample) => ({
  x: Object.values(columns).map((column) => [...column]),
  y: [...y],
});

/** A formula to its coefficients, and their standard errors. */
function generalised(kind: Exclude<Kind, 'gaussian'>, family: NonNullable<GeneralisedOptions['family']>): () => Case {
  return () => {
    const made = sample(kind, ROWS, COLUMNS, 0.3, 1);
    const data = { ...made.columns, y: made.y };
    return {
      kind,
      data: { ...plain(made), tolerance: 1e-6 },
      work: () => glm(made.formula, data, { family }).values,
      apart: 1e-8,
    };
  };
}

/** A formula to the printed summary. */
function leastSquares(): Case {
  const made = sample('gaussian', ROWS, COLUMNS, 0.3, 2);
  const data = { ...made.columns, y: made.y };
  return {
    kind: 'ols',
    data: { ...plain(made), tolerance: 1e-6 },
    work: () => {
      const fit = lm(made.formula, data);
      fit.toString();
      return fit.values;
    },
    apart: 1e-10,
  };
}

/** A hundred penalties down to a ten-thousandth of the first. */
function lasso(): Case {
  const made = sample('gaussian', ROWS, COLUMNS, 0.3, 3);
  const data = { ...made.columns, y: made.y };
  const { lambda } = penalised(made.formula, data);
  return {
    kind: 'lasso',
    data: { ...plain(made), lambda: [...lambda], tolerance: 1e-9 },
    work: () => {
      const { coefficients } = penalised(made.formula, data);
      const slopes = new Float64Array(coefficients.length * COLUMNS);
      coefficients.forEach((row, k) => {
        slopes.set(row.subarray(1), k * COLUMNS);
      });
      return slopes;
    },
    apart: 1e-7,
  };
}

const REPLICATES = 2000;
const SEED = 5;

/** Rows drawn as `bootstrap` draws them, counted. */
function counts(rows: number): number[][] {
  const base = foldIn(key(SEED), 'bootstrap');
  return Array.from({ length: REPLICATES }, (_, i) => {
    const stream = new Stream(foldIn(base, i));
    const drawn = new Array<number>(rows).fill(0);
    for (let k = 0; k < rows; k++) drawn[stream.integer(rows)]!++;
    return drawn;
  });
}

/** A logistic model told with distributions: matrix, coefficients, responses. */
function told({ columns, y }: Sample): Model<{ y: 'real' }> {
  const all = Object.values(columns);
  const x = Array.from({ length: y.length }, (_, i) => [1, ...all.map((column) => column[i]!)]);
  return model()
    .data({ x, y })
    .parameters({ beta: flat().size(all.length + 1) })
    .observe(({ beta, x: design }) => ({ y: bernoulliLogit(matmul(design, beta)) })) as never;
}

function resamples(): Case {
  const made = sample('logistic', 500, 5, 0.5, 4);
  const story = told(made);
  return {
    kind: 'bootstrap',
    data: { ...plain(made), counts: counts(500), tolerance: 1e-6 },
    work: async () => {
      const options = { replicates: REPLICATES, seed: SEED, jackknife: false };
      return (await bootstrap(story as never, options)).replicates;
    },
    apart: 1e-6,
  };
}

/** The same as `logistic`, of a model told with distributions: the climb, the curvature, what is doubtful. */
function byModel(): Case {
  const made = sample('logistic', ROWS, COLUMNS, 0.3, 1);
  const story = told(made);
  return {
    kind: 'logistic',
    data: { ...plain(made), tolerance: 1e-6 },
    work: async () => (await mle(story as never)).values,
    apart: 1e-8,
  };
}

export const cases: Readonly<Record<string, () => Case>> = {
  logistic: generalised('logistic', 'binomial'),
  poisson: generalised('poisson', 'poisson'),
  ols: leastSquares,
  lasso,
  bootstrap: resamples,
  'mle(model)': byModel,
};
