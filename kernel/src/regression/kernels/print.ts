/**
 * The inner loops of regressions as WebAssembly: products of columns in register tiles, and what a logistic or a Poisson
 * likelihood says of its predictors, two rows at a time. No relaxed instruction is used: the bits are the same everywhere.
 */
import { whereAvailable } from '../../program/generate/webassembly/available.ts';
import { Code, type Vector } from '../../program/generate/webassembly/code.ts';
import { COLUMN, overRows, printTile, printWeigh, type Tile } from '../../program/generate/webassembly/column-tiles.ts';
import { encodeModule, I32 } from '../../program/generate/webassembly/encoder.ts';
import { exp } from '../../program/generate/webassembly/exponential.ts';
import { log } from '../../program/generate/webassembly/logarithm.ts';

/** From rows at `eta` on, with responses and weights, to means, curvatures and pulls, until `eta` is at `stop`. */
export type Likelihood = (
  eta: number,
  y: number,
  weight: number,
  mean: number,
  curvature: number,
  pull: number,
  stop: number,
) => void;

/** The weighted deviance of responses from means, added at `place`, until `y` is at `stop`. */
export type Deviance = (y: number, weight: number, mean: number, place: number, stop: number) => void;

export interface Kernels {
  /** The memory as numbers, with room for at least so many; a view made before may be stale. */
  room(count: number): Float64Array;
  /** Four columns by two, one by four, four by one, one by one. */
  readonly tile42: Tile;
  readonly tile14: Tile;
  readonly tile41: Tile;
  readonly tile11: Tile;
  /** A column of a block times weights: `(to, from, weights, stop)`, until `from` is at `stop`. */
  readonly weigh: (to: number, from: number, weights: number, stop: number) => void;
  /** To `to`, add four columns, or one, times the numbers at `factors`: `(to, from, factors, stop)`. */
  readonly add4: (to: number, from: number, factors: number, stop: number) => void;
  readonly add1: (to: number, from: number, factors: number, stop: number) => void;
  readonly logistic: Likelihood;
  readonly poisson: Likelihood;
  readonly logisticDeviance: Deviance;
  readonly poissonDeviance: Deviance;
}

const PAGE = 65536;

function printAdd(width: number): Code {
  const [to, from, factors, stop] = [0, 1, 2, 3] as const;
  const code = new Code([I32, I32, I32, I32]);
  const columns = Array.from({ length: width }, (_, j) => j);
  const b = columns.map((j) => code.loadSpread({ base: factors, bytes: 8 * j }));
  overRows(code, [from, to], stop, () => {
    const sum = columns.reduce(
      (total: Vector, j) =>
        code.binary('add', total, code.binary('mul', b[j]!, code.load({ base: from, bytes: COLUMN * j }))),
      code.load({ base: to, bytes: 0 }),
    );
    code.store({ base: to, bytes: 0 }, sum);
  });
  return code;
}

/** The mean at a predictor, and its derivative. */
type Row = (code: Code, eta: Vector) => { mean: Vector; curvature: Vector };

/** 1 / (1 + e^−η), kept as far from 0 and 1 as the interpreted link keeps it. */
const logisticRow: Row = (code, eta) => {
  const [zero, one] = [code.constant(0), code.constant(1)];
  const e = exp(code, code.binary('or', eta, code.constant(-0))); // e^−|η|
  const inverse = code.binary('div', one, code.binary('add', one, e));
  const small = code.binary('mul', e, inverse);
  const mean = code.select(code.binary('ge', eta, zero), inverse, small);
  const inside = code.binary('lesser', code.constant(1 - Number.EPSILON), mean);
  return {
    mean: code.binary('greater', code.constant(Number.EPSILON), inside),
    curvature: code.binary('mul', inverse, small),
  };
};

/** e^η. */
const poissonRow: Row = (code, eta) => {
  const mean = code.binary('greater', code.constant(Number.EPSILON), exp(code, eta));
  return { mean, curvature: mean };
};

function printLikelihood(row: Row): Code {
  const [eta, y, weight, mean, curvature, pull, stop] = [0, 1, 2, 3, 4, 5, 6] as const;
  const code = new Code([I32, I32, I32, I32, I32, I32, I32]);
  const here = (base: number) => ({ base, bytes: 0 });
  overRows(code, [eta, y, weight, mean, curvature, pull], stop, () => {
    const w = code.load(here(weight));
    const found = row(code, code.load(here(eta)));
    code.store(here(mean), found.mean);
    code.store(here(curvature), code.binary('mul', w, found.curvature));
    code.store(here(pull), code.binary('mul', w, code.binary('sub', code.load(here(y)), found.mean)));
  });
  return code;
}

/** y log(y / μ), 0 at y = 0. */
function logRatio(code: Code, y: Vector, mean: Vector): Vector {
  const none = code.binary('eq', y, code.constant(0));
  const ratio = code.select(none, code.constant(1), code.binary('div', y, mean));
  return code.binary('mul', y, log(code, ratio));
}

function printDeviance(unit: (code: Code, y: Vector, mean: Vector) => Vector): Code {
  const [y, weight, mean, place, stop] = [0, 1, 2, 3, 4] as const;
  const code = new Code([I32, I32, I32, I32, I32]);
  const here = (base: number) => ({ base, bytes: 0 });
  const sum = code.copy(code.load(here(place)));
  overRows(code, [y, weight, mean], stop, () => {
    const half = unit(code, code.load(here(y)), code.load(here(mean)));
    const whole = code.binary('mul', code.constant(2), code.binary('mul', code.load(here(weight)), half));
    code.assign(sum, code.binary('add', sum, whole));
  });
  code.store(here(place), sum);
  return code;
}

const logisticDeviance = (code: Code, y: Vector, mean: Vector): Vector => {
  const one = code.constant(1);
  const others = logRatio(code, code.binary('sub', one, y), code.binary('sub', one, mean));
  return code.binary('add', logRatio(code, y, mean), others);
};

const poissonDeviance = (code: Code, y: Vector, mean: Vector): Vector =>
  code.binary('sub', logRatio(code, y, mean), code.binary('sub', y, mean));

/** The functions, compiled when first asked for; undefined where there is no WebAssembly. */
export const kernels: () => Kernels | undefined = whereAvailable(instantiate);

function instantiate(): Kernels {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const codes: Readonly<Record<Exclude<keyof Kernels, 'room'>, Code>> = {
    tile42: printTile(4, 2),
    tile14: printTile(1, 4),
    tile41: printTile(4, 1),
    tile11: printTile(1, 1),
    weigh: printWeigh(),
    add4: printAdd(4),
    add1: printAdd(1),
    logistic: printLikelihood(logisticRow),
    poisson: printLikelihood(poissonRow),
    logisticDeviance: printDeviance(logisticDeviance),
    poissonDeviance: printDeviance(poissonDeviance),
  };
  const functions = Object.entries(codes).map(([name, code]) => ({
    name,
    signature: code.signature,
    ...code.finish(),
  }));
  const module = new WebAssembly.Module(encodeModule([], functions));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return {
    ...(exports as unknown as Omit<Kernels, 'room'>),
    room(count) {
      const missing = 8 * count - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
      return new Float64Array(memory.buffer);
    },
  };
}
