/**
 * Draws from the model itself: parameters from their distributions, data from theirs.
 */
import type { Distribution } from '../distributions/index.ts';
import type { Stream } from '../numeric/index.ts';
import { compile, type Expr, type Program, type Shape } from '../program/index.ts';
import type { Assembled } from './assemble.ts';
import { pieceOf } from './flatten.ts';
import type { ParameterLayout } from './layout.ts';
import { substitute } from './substitute.ts';
import type { Trace } from './trace.ts';

type Values = Record<string, Float64Array>;

export class Generator {
  readonly #trace: Trace;
  readonly #layout: readonly ParameterLayout[];
  readonly #assembled: Assembled;
  readonly #programs = new Map<string, Program>();

  constructor(trace: Trace, layout: readonly ParameterLayout[], assembled: Assembled) {
    this.#trace = trace;
    this.#layout = layout;
    this.#assembled = assembled;
  }

  /** Data at a position, one array a name of `.observe`. */
  predictive(position: Float64Array, stream: Stream): Values {
    const draws = this.#trace.observed.map(({ name, column, distribution }): [string, Float64Array] => {
      const program = this.#program(`observed ${name}`, () => {
        const outputs = substitute(argumentsOf(distribution), this.#layout, this.#assembled.values);
        return compile({ inputs: [{ name: 'position', shape: this.#assembled.position.shape }], outputs });
      });
      return [name, drawWith(distribution, program.run({ position }), stream, column.shape)];
    });
    return Object.fromEntries(draws);
  }

  /** Values of the parameters, in the order they were told. @throws RangeError for a flat distribution, naming it */
  priorDraw(stream: Stream): Float64Array {
    const flat = this.#layout.find(({ role }) => role === 'free');
    if (flat !== undefined) {
      throw new RangeError(
        `'${flat.name}' has a flat (improper) prior, from which nothing can be drawn; give it a proper one, such as normal(0, 10)`,
      );
    }
    const last = this.#layout.at(-1);
    return this.#drawInto(new Float64Array(last === undefined ? 0 : last.offset + last.size), this.#layout, stream);
  }

  /** Values whose latent parameters are drawn anew from their distributions, given the others in `values`. */
  latentDraw(values: Float64Array, stream: Stream): Float64Array {
    const latent = this.#layout.filter(({ role }) => role === 'latent');
    return this.#drawInto(values.slice(), latent, stream);
  }

  #drawInto(values: Float64Array, parameters: readonly ParameterLayout[], stream: Stream): Float64Array {
    for (const parameter of parameters) {
      const { name, shape, distribution } = parameter;
      const known = this.#layout.filter((other) => other.offset < parameter.offset);
      const program = this.#program(`prior ${name}`, () =>
        compile({
          inputs: known.map((other) => ({ name: other.name, shape: other.shape })),
          outputs: argumentsOf(distribution),
        }),
      );
      const inputs = Object.fromEntries(known.map((other) => [other.name, pieceOf(values, other)]));
      values.set(drawWith(distribution, program.run(inputs), stream, shape), parameter.offset);
    }
    return values;
  }

  #program(key: string, make: () => Program): Program {
    let program = this.#programs.get(key);
    if (program === undefined) {
      program = make();
      this.#programs.set(key, program);
    }
    return program;
  }
}

/** What a draw needs to know: the distribution's parameters, then its bounds. */
function argumentsOf({ parameters, support }: Distribution): Expr[] {
  const bounds = [support.lower, support.upper].filter((bound) => bound !== undefined);
  return [...(Object.values(parameters) as unknown as Expr[]), ...bounds];
}

/** One draw of shape `shape`, whose last dimensions are those of the distribution. */
function drawWith(distribution: Distribution, values: Float64Array[], stream: Stream, shape: Shape): Float64Array {
  const { parameters, support } = distribution;
  const rest = [...values];
  const known = Object.fromEntries(Object.keys(parameters).map((name) => [name, rest.shift()!]));
  const bounds = {
    ...(support.lower === undefined ? {} : { lower: rest.shift()! }),
    ...(support.upper === undefined ? {} : { upper: rest.shift()! }),
  };
  const repeated = shape.slice(0, shape.length - distribution.shape.length);
  const whole = repeated.length === 0 ? distribution : distribution.size(...repeated);
  return whole.sample(stream, known, bounds);
}
