/**
 * Values of elementwise operations through whole programs, on both back ends.
 *
 * Figures: numpy 2.4.6 and scipy 1.17.1, `[float(f(x)) for x in points]` with f the function named in the comment
 * (numpy's of the same name where there is none).
 */
import { describe, expect, it } from 'vitest';
import { compile, Program } from '#kernel/program/compile';
import { apply, variable } from '#kernel/program/expression';
import type { OperationName } from '#kernel/program/operations/registry';

type Figures = readonly [points: readonly number[], values: readonly number[]];

const anywhere = [-2.3, -0.4, 0.7, 1.9];
const positive = [0.2, 0.9, 1.7, 6.5];
const probabilities = [0.04, 0.35, 0.5, 0.93];

const unary: Partial<Record<OperationName, Figures>> = {
  abs: [anywhere, [2.3, 0.4, 0.7, 1.9]],
  sign: [anywhere, [-1, -1, 1, 1]],
  neg: [anywhere, [2.3, 0.4, -0.7, -1.9]],
  square: [anywhere, [5.289999999999999, 0.16000000000000003, 0.48999999999999994, 3.61]],
  reciprocal: [anywhere, [-0.4347826086956522, -2.5, 1.4285714285714286, 0.5263157894736842]],
  exp: [anywhere, [0.10025884372280375, 0.6703200460356393, 2.0137527074704766, 6.6858944422792685]],
  expm1: [anywhere, [-0.8997411562771962, -0.32967995396436073, 1.0137527074704764, 5.6858944422792685]],
  log: [positive, [-1.6094379124341003, -0.10536051565782628, 0.5306282510621704, 1.8718021769015913]],
  log1p: [probabilities, [0.039220713153281295, 0.30010459245033805, 0.4054651081081644, 0.6575200029167942]],
  sqrt: [positive, [0.4472135954999579, 0.9486832980505138, 1.3038404810405297, 2.5495097567963922]],
  sin: [anywhere, [-0.7457052121767203, -0.3894183423086505, 0.644217687237691, 0.9463000876874145]],
  cos: [anywhere, [-0.6662760212798241, 0.9210609940028851, 0.7648421872844885, -0.32328956686350335]],
  tan: [anywhere, [1.1192136417341325, -0.4227932187381618, 0.8422883804630794, -2.9270975146777736]],
  tanh: [anywhere, [-0.9800963962661914, -0.3799489622552249, 0.6043677771171634, 0.9562374581277391]],
  atan: [anywhere, [-1.1606689862534056, -0.3805063771123649, 0.6107259643892086, 1.0863183977578734]], // arctan
  floor: [anywhere, [-3, -1, 0, 1]],
  ceil: [anywhere, [-2, -0, 1, 2]],
  round: [anywhere, [-2, 0, 1, 2]],
  trunc: [anywhere, [-2, -0, 0, 1]],
  sigmoid: [anywhere, [0.09112296101485616, 0.401312339887548, 0.6681877721681662, 0.8698915256370021]], // scipy.special.expit
  softplus: [anywhere, [0.09554546459796295, 0.5130152523999526, 1.103186048885458, 2.0393867582829603]], // logaddexp(0, x)
  logit: [probabilities, [-3.1780538303479453, -0.6190392084062235, 0, 2.5866893440979433]], // scipy.special.logit
  erf: [anywhere, [-0.9988568234026434, -0.42839235504666845, 0.6778011938374183, 0.9927904292352575]], // scipy.special
  erfc: [anywhere, [1.9988568234026434, 1.4283923550466684, 0.3221988061625817, 0.007209570764742531]], // scipy.special
  normalCdf: [anywhere, [0.010724110021675809, 0.3445782583896758, 0.758036347776927, 0.9712834401839981]], // scipy.special.ndtr
  normalLogCdf: [anywhere, [-4.535260799273154, -1.0654340491895766, -0.2770239422771313, -0.02913694784510576]], // log_ndtr
  lgamma: [positive, [1.5240638224307845, 0.06637623973474327, -0.09580769740706585, 5.662562059857141]], // gammaln
  digamma: [positive, [-5.289039896592189, -0.7549269499470516, 0.20854787487349394, 1.792911330399933]], // scipy.special
  trigamma: [positive, [26.26737720542378, 1.9225399594772041, 0.7932328301639984, 0.16628453574995827]], // polygamma(1, x)
};

const left = [-1.3, 0.6, 2.1, -0.2];
const right = [0.8, -1.7, 2.4, 0.9];
const binary: Partial<Record<OperationName, readonly number[]>> = {
  add: [-0.5, -1.1, 4.5, 0.7],
  sub: [-2.1, 2.3, -0.2999999999999998, -1.1],
  mul: [-1.04, -1.02, 5.04, -0.18000000000000002],
  div: [-1.625, -0.35294117647058826, 0.8750000000000001, -0.22222222222222224],
  minimum: [-1.3, -1.7, 2.1, -0.2],
  maximum: [0.8, 0.6, 2.4, 0.9],
  mod: [-0.5, 0.6, 2.1, -0.2], // fmod
  logAddExp: [0.915519523179755, 0.695545464597963, 2.954355244468527, 1.1873353251154308], // logaddexp
  lt: [1, 0, 1, 1],
  le: [1, 0, 1, 1],
  gt: [0, 1, 0, 0],
  ge: [0, 1, 0, 0],
  eq: [0, 0, 0, 0],
  ne: [1, 1, 1, 1],
};

/** Both back ends, as a few variables and as a loop over many copies. */
function evaluate(operation: OperationName, ...operands: (readonly number[])[]): number[][] {
  return [1, 10].flatMap((copies) => {
    const values = operands.map((points) => Float64Array.from({ length: 4 * copies }, (_, i) => points[i % 4]!));
    const inputs = operands.map((_, i) => ({ name: `x${i}`, shape: [4 * copies] }));
    const traced = inputs.map(({ name, shape }) => variable(name, shape));
    const program = compile({ inputs, outputs: [apply(operation, traced)] });
    const given = Object.fromEntries(inputs.map(({ name }, i) => [name, values[i]!]));
    return (['javascript', 'interpreter'] as const).map((backEnd) =>
      Array.from(new Program(program.graph, backEnd).run(given)[0]!.slice(-4)),
    );
  });
}

function expectFigures(found: readonly number[][], expected: readonly number[]): void {
  for (const values of found) {
    values.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1e-15 + 4e-15 * Math.abs(expected[i]!));
    });
  }
}

describe('elementwise operations have the values of numpy and scipy', () => {
  for (const [name, [points, values]] of Object.entries(unary)) {
    it(name, () => expectFigures(evaluate(name as OperationName, points), values));
  }
  for (const [name, values] of Object.entries(binary)) {
    it(name, () => expectFigures(evaluate(name as OperationName, left, right), values));
  }
  it('pow', () => {
    // numpy 2.4.6: np.power([.2, .9, 1.7, 6.5], [-1.3, .6, 2.1, -.2])
    const expected = [8.103282983463812, 0.9387403933595694, 3.0474931274602746, 0.6877289852925459];
    expectFigures(evaluate('pow', positive, left), expected);
  });
});
