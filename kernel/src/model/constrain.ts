/**
 * Between the position an estimator moves and the values a person reads.
 */
import { broadcastTo, compile, type Expr, type Program } from '../program/index.ts';
import type { Assembled } from './assemble.ts';
import { flatten, pieceOf } from './flatten.ts';
import type { ParameterLayout } from './layout.ts';
import { elementIndex } from './names.ts';
import type { BoundValues } from './transforms/index.ts';

export class Constraint {
  readonly #layout: readonly ParameterLayout[];
  readonly #assembled: Assembled;
  #forward: Program | undefined;
  #bounds: Program | undefined;

  constructor(layout: readonly ParameterLayout[], assembled: Assembled) {
    this.#layout = layout;
    this.#assembled = assembled;
  }

  /** Values at a position. // (dimension,) → (size,) */
  constrain(position: Float64Array): Float64Array {
    const { position: input, values } = this.#assembled;
    const inputs = [{ name: 'position', shape: input.shape }];
    this.#forward ??= compile({ inputs, outputs: [flatten(values)] });
    return this.#forward.run({ position })[0]!;
  }

  /** The position of values. @throws RangeError outside the support, naming the parameter. // (size,) → (dimension,) */
  unconstrain(values: Float64Array): Float64Array {
    const size = this.#layout.reduce((sum, parameter) => sum + parameter.size, 0);
    if (values.length !== size) {
      throw new RangeError(`unconstrain: expected ${size} values, one a name of the model, got ${values.length}`);
    }
    const bounds = this.#boundsAt(values);
    const positions = this.#layout.map((parameter, i) => {
      const given = pieceOf(values, parameter);
      const free = parameter.transform.inverse(given, bounds[i]!, parameter.shape);
      if (!free.every(Number.isFinite)) throw outside(parameter, given, free, bounds[i]!);
      return free;
    });
    return Float64Array.from(positions.flatMap((free) => [...free]));
  }

  /** Lower and upper bounds of every parameter, one an element; they may be computed from the other values. */
  #boundsAt(values: Float64Array): BoundValues[] {
    const wanted = this.#layout.flatMap(({ shape, bounds }) =>
      (['lower', 'upper'] as const).flatMap((side) => {
        const bound = bounds[side];
        return bound === undefined ? [] : [broadcastTo(bound, shape) as Expr];
      }),
    );
    this.#bounds ??= compile({ inputs: this.#layout.map(({ name, shape }) => ({ name, shape })), outputs: wanted });
    const inputs = Object.fromEntries(this.#layout.map((parameter) => [parameter.name, pieceOf(values, parameter)]));
    const found = this.#bounds.run(inputs);
    return this.#layout.map(({ bounds }) => ({
      ...(bounds.lower === undefined ? {} : { lower: found.shift()! }),
      ...(bounds.upper === undefined ? {} : { upper: found.shift()! }),
    }));
  }
}

function outside(
  { name, shape, transform }: ParameterLayout,
  values: Float64Array,
  free: Float64Array,
  { lower, upper }: BoundValues,
): RangeError {
  const whole = ['simplex', 'correlation', 'correlation cholesky', 'covariance'].includes(transform.name);
  const bad = whole ? 0 : free.findIndex((u) => !Number.isFinite(u));
  const support = [
    ...(lower === undefined ? [] : [`above ${lower[bad]}`]),
    ...(upper === undefined ? [] : [`below ${upper[bad]}`]),
  ];
  const structure = {
    ordered: 'increasing along its last dimension',
    'positive ordered': 'positive and increasing along its last dimension',
    simplex: 'positive numbers that sum to 1',
    correlation: 'a symmetric positive definite matrix with a diagonal of 1',
    'correlation cholesky': 'a lower triangular matrix with rows of length 1 and a positive diagonal',
    covariance: 'a symmetric positive definite matrix',
  };
  const needed = Object.hasOwn(structure, transform.name)
    ? structure[transform.name as keyof typeof structure]
    : support.join(' and ') || 'a finite number';
  return new RangeError(
    `unconstrain: '${name}' must be ${needed}, strictly inside its support, and ${name}${elementIndex(bad, shape)} ` +
      `is ${values[bad]}; give a value inside`,
  );
}
