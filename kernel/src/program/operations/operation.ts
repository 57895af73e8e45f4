/**
 * What one operation of the compute core is: its documentation, its shape rule, its interpreter kernel and its
 * derivative. Every operation is one entry of the registry (`registry.ts`); a test walks over all of them.
 */
import type { Attributes, Graph, GraphNode } from '../node.ts';
import type { Arg, Expr, Shape } from '../types.ts';

/** Computes `output` from `inputs`, all row-major, preallocated. */
export type Kernel = (output: Float64Array, inputs: readonly Float64Array[]) => void;

/** What a kernel may know when it is prepared: everything but the numbers. */
export interface KernelContext {
  readonly shape: Shape;
  readonly inputShapes: readonly Shape[];
  readonly attributes: Attributes;
  /** A plan for a graph inside this node (the body of a scan). */
  plan(graph: Graph): { readonly inputs: Float64Array[]; readonly outputs: Float64Array[]; run(): void };
}

/** Makes a node: the only way a derivative builds what has no method. */
export type Apply = (operation: string, inputs: readonly Arg[], attributes?: Attributes) => Expr;

/** What a derivative rule is given: the cotangent of the output, and the means to build those of the inputs. */
export interface Chain {
  readonly cotangent: Expr;
  readonly inputs: readonly Expr[];
  readonly output: Expr;
  readonly attributes: Attributes;
  /** Which inputs depend on what is differentiated by; the others' cotangents are not wanted. */
  readonly needed: readonly boolean[];
  /**
   * Cotangent × local derivative. Below a selection (`where`, `maximum` …) a cotangent of exactly 0 gives 0 even
   * where the local derivative is ∞ or NaN, so that a branch not taken does not poison the gradient.
   */
  times(cotangent: Expr, derivative: Expr): Expr;
  readonly apply: Apply;
  /** The nodes of a closed graph over these inputs, in the graph's order. */
  inline(graph: Graph, inputs: readonly Expr[]): Expr[];
  /** Close what depends on `placeholders`; everything else it reads becomes a captured input after them. */
  close(outputs: readonly Expr[], placeholders: readonly Expr[]): { readonly graph: Graph; readonly captured: Expr[] };
  /** A fresh input of a graph to be closed. */
  placeholder(shape: Shape): Expr;
  /**
   * Costly values among `results` that depend on no cotangent: the nodes of the body with those appended, where each
   * stands, and what it is in the results.
   */
  earlyValues(
    body: Graph,
    inlined: readonly Expr[],
    results: readonly Expr[],
    cotangents: readonly Expr[],
  ): {
    readonly nodes: readonly GraphNode[];
    readonly kept: readonly { readonly node: number; readonly inSweep: Expr }[];
  };
  /** Cotangents of `sources` given those of `outputs`, each source held fixed for the others; undefined where nothing flows. */
  pullback(outputs: readonly Expr[], cotangents: readonly Expr[], sources: readonly Expr[]): (Expr | undefined)[];
}

/** Cotangents of the inputs, in order; `undefined` where it is zero everywhere or not needed. */
export type Derivative = (chain: Chain) => readonly (Expr | undefined)[];

export interface Operation {
  /** One line: what it computes, for tables and messages. */
  readonly documentation: string;
  /** How many inputs; `Infinity` for a list of any length. */
  readonly arity: number;
  /** Shape of the result. @throws RangeError when the inputs do not fit. */
  shape(inputs: readonly Shape[], attributes: Attributes): readonly number[];
  /** Prepare the interpreter's kernel for these shapes. */
  kernel(context: KernelContext): Kernel;
  /** Reverse-mode rule, graph → graph; `'constant'` where the derivative is 0 wherever it exists. */
  readonly derivative: Derivative | 'constant';
  /** Why a result on these inputs is not finite, where the operation can say more than that it is. */
  explain?(context: KernelContext, inputs: readonly Float64Array[]): string | undefined;
  /** Elementwise operations: the function of numbers, and how generated JavaScript writes it. */
  readonly elementwise?: Elementwise;
  /** The cotangents of the inputs are selected, not scaled: exact zeros may flow below. */
  readonly selects?: boolean;
  /** Swapping the two inputs gives the same bits. */
  readonly commutes?: boolean;
}

export interface Elementwise {
  readonly scalar: (a: number, b: number, c: number) => number;
  /** JavaScript text for the value; without it, generated code calls `scalar`. */
  readonly javascript?: (a: string, b: string, c: string) => string;
}
