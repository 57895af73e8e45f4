/**
 * The staged builder behind `model()`.
 */
import type { Column } from './data.ts';
import { readColumn } from './data.ts';
import { describeDistribution } from './describe.ts';
import { knownNames } from './names.ts';
import { addStage, type Build, readColumns, type Stage } from './stages.ts';
import { emptyTrace, type Trace } from './trace.ts';
import type { AnyModel, Model } from './types.ts';

/** Finds the trace of a model made by any copy of the library. */
const traceKey = Symbol.for('estimand.model.trace');

class StagedModel {
  readonly #stages: readonly Stage[];
  readonly [traceKey]: Trace;

  constructor(stages: readonly Stage[], trace: Trace) {
    this.#stages = stages;
    this[traceKey] = trace;
  }

  data(columns: unknown): StagedModel {
    return this.#next({ kind: 'data', columns: readColumns(this[traceKey], columns) });
  }

  parameters(given: Build | object): StagedModel {
    return this.#next({ kind: 'parameters', given });
  }

  derived(given: Build): StagedModel {
    return this.#next({ kind: 'derived', given });
  }

  observe(given: Build): StagedModel {
    return this.#next({ kind: 'observe', given });
  }

  logDensity(given: Build): StagedModel {
    return this.#next({ kind: 'logDensity', given });
  }

  with(columns: object): StagedModel {
    const known = this[traceKey].columns;
    const replaced = new Map<string, Column>();
    for (const [name, value] of Object.entries(columns)) {
      const before = known.find((column) => column.name === name);
      if (before === undefined) {
        const names = known.map((column) => column.name);
        throw new RangeError(`.with: '${name}' is not in .data; ${knownNames(name, names)}`);
      }
      const column = readColumn(name, value);
      if (column.kind !== before.kind) {
        throw new RangeError(
          `.with: '${name}' is a ${before.kind} in .data and a ${column.kind} here; lengths may change, kinds may not`,
        );
      }
      replaced.set(name, column);
    }
    let told = new StagedModel([], emptyTrace);
    for (const stage of this.#stages) {
      const columnsOf = (given: readonly Column[]) => given.map((column) => replaced.get(column.name) ?? column);
      told = told.#next(stage.kind === 'data' ? { ...stage, columns: columnsOf(stage.columns) } : stage);
    }
    return told;
  }

  /** The model as one reads it: `mu ~ normal(0, 5)`, one line a name. */
  toString(): string {
    const { columns, parameters, derived, observed, terms } = this[traceKey];
    const sizes = columns.map(({ name, shape }) => (shape.length === 0 ? name : `${name}[${shape.join(', ')}]`));
    const size = (shape: readonly number[]) => (shape.length === 0 ? '' : ` of size [${shape.join(', ')}]`);
    return [
      ...(sizes.length === 0 ? [] : [`data: ${sizes.join(', ')}`]),
      ...parameters.map(
        ({ name, shape, distribution }) => `${name} ~ ${describeDistribution(distribution)}${size(shape)}`,
      ),
      ...derived.map(({ name, shape }) => `${name}: derived${size(shape)}`),
      ...observed.map(({ name, distribution }) => `${name} ~ ${describeDistribution(distribution)}, observed`),
      ...terms.map(({ label }) => `${label}: a term of the log likelihood`),
    ].join('\n');
  }

  /** What a notebook shows for a model. */
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return { 'text/plain': this.toString() };
  }

  #next(stage: Stage): StagedModel {
    return new StagedModel([...this.#stages, stage], addStage(this[traceKey], stage));
  }
}

/**
 * Begin a model.
 *
 * @example
 * const schools = model()
 *   .data({ effect: [28, 8, -3, 7, -1, 1, 18, 12], se: [15, 10, 16, 11, 9, 11, 10, 18] })
 *   .parameters({ mu: normal(0, 5), tau: halfCauchy(0, 5) })
 *   .parameters(({ mu, tau }) => ({ theta: normal(mu, tau).size(8) }))
 *   .observe(({ theta, se }) => ({ effect: normal(theta, se) }));
 */
export function model(): Model {
  return new StagedModel([], emptyTrace) as unknown as Model;
}

/** What a model has been told. @throws TypeError for what was not made with `model()` */
export function traceOf(given: AnyModel): Trace {
  const trace = (given as { [traceKey]?: Trace } | null | undefined)?.[traceKey];
  if (trace === undefined) {
    throw new TypeError(`expected a model, made with model().data(…).parameters(…).observe(…), got ${describe(given)}`);
  }
  return trace;
}

function describe(value: unknown): string {
  if (value instanceof Promise) return 'a promise; await it';
  return value === null ? 'null' : typeof value;
}
