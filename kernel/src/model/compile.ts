/**
 * From a model to its compiled form.
 */
import type { Stream } from '../numeric/index.ts';
import {
  compile,
  compileLogDensity,
  constant,
  dot,
  type Expr,
  grad,
  type LogDensity,
  noRewrites,
  type Program,
  variable,
} from '../program/index.ts';
import { type Assembled, assemble, sumOf } from './assemble.ts';
import type { CompiledModel, CompiledParameter, DensityOptions, Term } from './compiled.ts';
import { Constraint } from './constrain.ts';
import { explain } from './explain.ts';
import { flatten } from './flatten.ts';
import { Generator } from './generate.ts';
import { layOut, type ParameterLayout } from './layout.ts';
import { traceOf } from './model.ts';
import { elementNames } from './names.ts';
import { mleObstacle } from './obstacle.ts';
import { substitute } from './substitute.ts';
import type { Trace } from './trace.ts';
import type { AnyModel } from './types.ts';

const compiled = new WeakMap<Trace, CompiledModel>();

/**
 * Compile a model. The same model gives the same compiled model.
 *
 * @throws TypeError for what is no model
 * @example
 * const compiled = compileModel(schools);
 * const density = compiled.density({ prior: true, jacobian: true });
 * density.value(new Float64Array(compiled.dimension));
 */
export function compileModel(model: AnyModel): CompiledModel {
  const trace = traceOf(model);
  let known = compiled.get(trace);
  if (known === undefined) {
    known = new Compilation(trace);
    compiled.set(trace, known);
  }
  return known;
}

class Compilation implements CompiledModel {
  readonly dimension: number;
  readonly parameters: readonly CompiledParameter[];
  readonly names: readonly string[];
  readonly derived: CompiledModel['derived'];
  readonly observed: CompiledModel['observed'];
  readonly #trace: Trace;
  readonly #layout: readonly ParameterLayout[];
  readonly #assembled: Assembled;
  readonly #constraint: Constraint;
  readonly #generator: Generator;
  readonly #densities = new Map<string, LogDensity>();
  readonly #programs = new Map<string, Program>();

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#layout = layOut(trace);
    this.#assembled = assemble(trace, this.#layout);
    this.#constraint = new Constraint(this.#layout, this.#assembled);
    this.#generator = new Generator(trace, this.#layout, this.#assembled);
    this.dimension = this.#layout.reduce((sum, { unconstrainedSize }) => sum + unconstrainedSize, 0);
    this.parameters = this.#layout.map(
      ({ name, shape, distribution, role, unconstrainedOffset, unconstrainedSize, offset, size }) => {
        return { name, shape, distribution, role, unconstrainedOffset, unconstrainedSize, offset, size };
      },
    );
    this.names = this.#layout.flatMap(({ name, shape }) => elementNames(name, shape));
    let offset = 0;
    this.derived = trace.derived.map(({ name, shape, value }) => {
      const place = { name, shape, offset, size: value.size };
      offset += value.size;
      return place;
    });
    this.observed = trace.observed.map(({ name, column }) => ({ name, shape: column.shape }));
  }

  density({ likelihood = true, prior, jacobian, rewrites = {} }: DensityOptions): LogDensity {
    const key = `${likelihood} ${prior} ${jacobian} ${JSON.stringify(rewrites)}`;
    let density = this.#densities.get(key);
    if (density === undefined) {
      const wanted = { likelihood, term: likelihood, prior, latent: prior, jacobian };
      const terms = this.#assembled.terms.filter(({ kind }) => wanted[kind]);
      const value = sumOf(terms, constant(0) as Expr);
      density = compileLogDensity({ position: this.#assembled.position, value, rewrites });
      this.#densities.set(key, density);
    }
    return density;
  }

  constrain(position: Float64Array): Float64Array {
    return this.#constraint.constrain(this.#checked(position));
  }

  unconstrain(values: Float64Array): Float64Array {
    return this.#constraint.unconstrain(values);
  }

  jacobian(position: Float64Array): Float64Array {
    return this.#jacobianOf('jacobian', this.#assembled.values, position);
  }

  evaluateDerived(position: Float64Array): Float64Array {
    return this.#run('derived', () => [flatten(this.#derivedValues())], position)[0]!;
  }

  derivedJacobian(position: Float64Array): Float64Array {
    return this.#jacobianOf('derived jacobian', this.#derivedValues(), position);
  }

  terms(position: Float64Array): Term[] {
    const { terms } = this.#assembled;
    const values = this.#run('terms', () => terms.map(({ value }) => value), position);
    return terms.map(({ label, kind }, i) => ({ label, kind, value: values[i]![0]! }));
  }

  explain(position: Float64Array): string {
    const density = this.density({ prior: true, jacobian: true });
    return explain(this.#checked(position), {
      plain: this.density({ prior: true, jacobian: true, rewrites: noRewrites }),
      assembled: this.#assembled,
      names: this.names,
      values: this.constrain(position),
      density,
      ownerOf: (coordinate) =>
        this.parameters.findLast(({ unconstrainedOffset }) => unconstrainedOffset <= coordinate)!.name,
    });
  }

  predictive(position: Float64Array, stream: Stream): Record<string, Float64Array> {
    return this.#generator.predictive(this.#checked(position), stream);
  }

  latentDraw(position: Float64Array, stream: Stream): Float64Array {
    return this.unconstrain(this.#generator.latentDraw(this.constrain(position), stream));
  }

  priorDraw(stream: Stream): Float64Array {
    return this.#generator.priorDraw(stream);
  }

  initial(stream: Stream): Float64Array {
    return Float64Array.from({ length: this.dimension }, () => 4 * stream.uniform() - 2);
  }

  get expressions(): Assembled {
    return this.#assembled;
  }

  mleObstacle(): string | undefined {
    return mleObstacle(this.#trace, this.#layout);
  }

  #derivedValues(): Expr[] {
    return substitute(
      this.#trace.derived.map(({ value }) => value),
      this.#layout,
      this.#assembled.values,
    );
  }

  /** Rows: one reverse sweep each, through the inner product of the values with a unit vector. */
  #jacobianOf(key: string, values: readonly Expr[], position: Float64Array): Float64Array {
    const rows = values.reduce((sum, value) => sum + value.size, 0);
    const program = this.#program(key, () => {
      const weights = variable('weights', [rows]) as Expr;
      const inner = rows === 0 ? (constant(0) as Expr) : dot(weights, flatten(values));
      const inputs = [
        { name: 'position', shape: [this.dimension] },
        { name: 'weights', shape: [rows] },
      ];
      return compile({ inputs, outputs: grad(inner, [this.#assembled.position]) });
    });
    const jacobian = new Float64Array(rows * this.dimension);
    for (let row = 0; row < rows; row++) {
      const weights = new Float64Array(rows);
      weights[row] = 1;
      jacobian.set(program.run({ position: this.#checked(position), weights })[0]!, row * this.dimension);
    }
    return jacobian;
  }

  #run(key: string, outputs: () => Expr[], position: Float64Array): Float64Array[] {
    const inputs = [{ name: 'position', shape: [this.dimension] }];
    return this.#program(key, () => compile({ inputs, outputs: outputs() })).run({ position: this.#checked(position) });
  }

  #program(key: string, make: () => Program): Program {
    let program = this.#programs.get(key);
    if (program === undefined) {
      program = make();
      this.#programs.set(key, program);
    }
    return program;
  }

  #checked(position: Float64Array): Float64Array {
    if (position.length !== this.dimension) {
      throw new RangeError(
        `expected a position of ${this.dimension} unconstrained numbers, got ${position.length}; ` +
          'compiled.unconstrain(values) gives the position of values',
      );
    }
    return position;
  }
}
