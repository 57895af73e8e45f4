/**
 * From traced expressions to something that runs: a program of any outputs, and a log density with its gradient.
 */

import { nodeOf } from './arguments.ts';
import { isConcave } from './concavity.ts';
import { expressionOf, variable } from './expression.ts';
import { type BackEnd, planOf } from './generate/plan.ts';
import { grad } from './gradient.ts';
import { closeGraph } from './graph.ts';
import type { Plan } from './interpret.ts';
import type { Graph, Node } from './node.ts';
import { hoistConstantTerms } from './optimise/constant-terms.ts';
import { reduceLeastSquares } from './optimise/least-squares.ts';
import { sumLinearTerms } from './optimise/linear-terms.ts';
import { multiplyLogarithms } from './optimise/log-products.ts';
import { mergeScans } from './optimise/merge.ts';
import { countRepeatedRows } from './optimise/repeated-rows.ts';
import { shareExponentials } from './optimise/share.ts';
import { spellOutLogSumExp } from './optimise/spell-out.ts';
import { rowHessian } from './row-hessian.ts';
import { hessianVectorProduct } from './second-derivatives.ts';
import { separate } from './separable.ts';
import { formatShape, sizeOf } from './shape.ts';
import type { Expr, LogDensity, Shape } from './types.ts';

/** What a program computes, and from what. */
export interface ProgramDescription {
  readonly inputs: readonly { readonly name: string; readonly shape: Shape }[];
  readonly outputs: readonly Expr[];
}

/**
 * A compiled program: closed data and a plan to run it. `graph` can be structured-cloned, stored or sent to a
 * worker; `new Program(graph)` there gives the same values.
 */
export class Program {
  /** The whole program as plain data. */
  readonly graph: Graph;
  readonly backEnd: BackEnd;
  readonly #plan: Plan;

  /** @param backEnd one of them, where not the rule is to decide; JavaScript runs where there is no WebAssembly */
  constructor(graph: Graph, backEnd?: BackEnd) {
    this.graph = graph;
    const planned = planOf(graph, backEnd);
    this.backEnd = planned.backEnd;
    this.#plan = planned.plan;
  }

  /** The buffers the program reads, by name; for callers that write them in place and call `execute`. */
  get inputBuffers(): readonly Float64Array[] {
    return this.#plan.inputs;
  }

  /** The buffers the last run wrote; overwritten by the next. */
  get outputBuffers(): readonly Float64Array[] {
    return this.#plan.outputs;
  }

  /** Run on what stands in `inputBuffers`. Allocates nothing. */
  execute(): void {
    this.#plan.run();
  }

  /**
   * Run on these inputs (row-major).
   *
   * @returns one new array an output, row-major, in the order of `outputs`
   * @throws RangeError for an input that is missing or has another number of elements
   * @example program.run({ x: Float64Array.of(1, 2, 3) })[0];
   */
  run(inputs: Readonly<Record<string, Float64Array>>): Float64Array[] {
    this.graph.inputs.forEach(({ name, shape }, i) => {
      const given = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
      if (given === undefined || given.length !== sizeOf(shape)) {
        const came = given === undefined ? 'nothing' : `${given.length}`;
        throw new RangeError(
          `input '${name}': expected ${sizeOf(shape)} numbers (shape ${formatShape(shape)}), got ${came}`,
        );
      }
      this.#plan.inputs[i]!.set(given);
    });
    this.#plan.run();
    return this.#plan.outputs.map((output) => output.slice());
  }
}

/**
 * Compile expressions into a program.
 *
 * @throws Error when an output reads an input that is not declared
 * @example
 * const x = variable('x', [3]);
 * const program = compile({ inputs: [{ name: 'x', shape: [3] }], outputs: [x.exp().sum()] });
 */
export function compile({ inputs, outputs }: ProgramDescription): Program {
  return new Program(shareExponentials(mergeScans(closeGraph(spellOutLogSumExp(outputs.map(nodeOf)), inputs))));
}

/** Rewrites that change a value by rounding alone, and that may be switched off. */
export interface Rewrites {
  /** Reduce sums of squares over a fixed design to its triangular factor, once. Default true. */
  readonly leastSquares?: boolean;
  /** Take the logarithms of Bernoulli-logit likelihoods and mixtures of products of many elements. Default true. */
  readonly logProducts?: boolean;
  /** Add up what is constant in a sum once, and multiply by the inverses of constants. Default true. */
  readonly constantTerms?: boolean;
  /** Add up data times what is linear in the parameters once, as in a Poisson likelihood by its logarithm. Default true. */
  readonly linearTerms?: boolean;
  /** Compute the terms of equal rows of data once. Default true. */
  readonly repeatedRows?: boolean;
}

/** All of them off: each datum is computed by itself, as it was told. */
export const noRewrites: Rewrites = {
  leastSquares: false,
  logProducts: false,
  constantTerms: false,
  linearTerms: false,
  repeatedRows: false,
};

/**
 * A log density and its gradient from a traced scalar.
 *
 * @param position an input of shape (d,), made with `variable`
 * @param value a scalar expression of it
 * @param rewrites which of them are used; all by default
 * @throws RangeError when `value` is not a scalar or `position` not a vector
 * @example
 * const x = variable('x', [2]);
 * const density = compileLogDensity({ position: x, value: x.square().sum().mul(-0.5) });
 */
export function compileLogDensity({
  position,
  value,
  rewrites: {
    leastSquares = true,
    logProducts = true,
    constantTerms = true,
    linearTerms = true,
    repeatedRows = true,
  } = {},
}: {
  readonly position: Expr;
  readonly value: Expr;
  readonly rewrites?: Rewrites;
}): LogDensity {
  const { name, shape } = requirePosition(position, value);
  const inputs = [{ name, shape }];
  const plain = value.reshape();
  const hoisted = constantTerms ? hoistConstantTerms([nodeOf(plain)]) : [nodeOf(plain)];
  const shortened = (nodes: readonly Node[]) => {
    const counted = repeatedRows ? countRepeatedRows(nodes) : nodes;
    return expressionOf((linearTerms ? sumLinearTerms(counted) : counted)[0]!);
  };
  const squares = leastSquares ? reduceLeastSquares(hoisted) : hoisted;
  const scalar = shortened(squares);
  const compiled = (outputs: readonly Expr[], more: ProgramDescription['inputs'] = []): Program => {
    const nodes = outputs.map(nodeOf);
    return compile({
      inputs: [...inputs, ...more],
      outputs: (logProducts ? multiplyLogarithms(nodes) : nodes).map(expressionOf),
    });
  };
  const reduced = squares[0] !== hoisted[0];
  const total = reduced ? shortened(reduceLeastSquares(hoisted, true)) : scalar;
  const both = compiled([total, ...grad(scalar, [position])]);
  let alone: Program | undefined; // compiled when first asked for
  let product: Program | undefined; // too
  let byRows: ReturnType<typeof rowHessian> | 'none' | undefined; // too
  let concave: boolean | undefined;
  const dimension = shape[0]!;
  const run = (program: Program, at: Float64Array): number => {
    if (at.length !== dimension) {
      throw new RangeError(`log density: expected a position of ${dimension} numbers, got ${at.length}`);
    }
    copy(at, program.inputBuffers[0]!);
    program.execute();
    return program.outputBuffers[0]![0]!;
  };
  const multiply = (at: Float64Array, vector: Float64Array): Float64Array => {
    if (product === undefined) {
      const direction = { name: `${name} direction`, shape };
      product = compiled([hessianVectorProduct(scalar, position, variable(direction.name, shape))], [direction]);
    }
    if (vector.length !== dimension) {
      throw new RangeError(`log density: expected a vector of ${dimension} numbers, got ${vector.length}`);
    }
    copy(vector, product.inputBuffers[1]!);
    run(product, at);
    return product.outputBuffers[0]!;
  };
  const quick = () => {
    if (byRows === undefined) {
      const direction = { name: `${name} direction`, shape };
      const parts = separate(nodeOf(scalar), nodeOf(position), nodeOf(variable(direction.name, shape)));
      byRows = parts
        ? rowHessian(parts, dimension, (outputs, directed) => compiled(outputs, directed ? [direction] : []))
        : 'none';
    }
    return byRows === 'none' ? undefined : byRows;
  };
  return {
    dimension,
    graph: both.graph,
    get isConcave() {
      concave ??= isConcave(nodeOf(plain));
      return concave;
    },
    get hasQuickHessian() {
      return quick() !== undefined;
    },
    value(at) {
      alone ??= compiled([total]);
      return run(alone, at);
    },
    valueAndGradient(at, gradient) {
      const density = run(both, at);
      copy(both.outputBuffers[1]!, gradient);
      return density;
    },
    hessianVectorProduct(at, vector, result) {
      copy(multiply(at, vector), result);
    },
    hessian(at, result) {
      const known = quick();
      if (known) return known(at, result);
      const unit = new Float64Array(dimension);
      for (let j = 0; j < dimension; j++) {
        unit[j] = 1;
        const column = multiply(at, unit);
        unit[j] = 0;
        // Both triangles are computed: their mean is exactly symmetric.
        for (let i = 0; i < j; i++) {
          const mean = 0.5 * (result[j * dimension + i]! + column[i]!);
          result[i * dimension + j] = mean;
          result[j * dimension + i] = mean;
        }
        for (let i = j; i < dimension; i++) result[i * dimension + j] = column[i]!;
      }
    },
  };
}

/** `TypedArray.set` costs more than a whole gradient of a small model. */
function copy(from: Float64Array, to: Float64Array): void {
  for (let i = 0; i < from.length; i++) to[i] = from[i]!;
}

function requirePosition(position: Expr, value: Expr): { name: string; shape: Shape } {
  const node = nodeOf(position);
  const name = node.attributes.name;
  if (node.operation !== 'input' || name === undefined || node.shape.length !== 1) {
    throw new RangeError(
      `compileLogDensity: position must be a variable of shape [d], got ${node.operation} of shape ${formatShape(node.shape)}; make it with variable('position', [d])`,
    );
  }
  if (sizeOf(value.shape) !== 1) {
    throw new RangeError(
      `compileLogDensity: the log density must be a scalar, got shape ${formatShape(value.shape)}; sum it first`,
    );
  }
  return { name, shape: node.shape };
}
