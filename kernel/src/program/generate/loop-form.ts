/**
 * A loop as data: what happens to one element after another in row-major order. Described once (`loop.ts`), printed as
 * JavaScript (`loop-javascript.ts`) and as WebAssembly (`webassembly/loop.ts`), with the same bits from both.
 *
 * The order of every sum is part of it. A total of many elements is kept as four partial sums, element i going to
 * partial i mod 4, added up at the end as (p0 + p2) + (p1 + p3): what two registers of two lanes do by themselves.
 */
import { indexMap, stridesOf } from '../shape.ts';
/** Numbers in memory. `offset` is a text in elements: a literal, a variable of the code around the loop, or nothing. */
export interface Memory {
  readonly name: string;
  readonly offset: string;
  readonly array: Float64Array;
}

/** One step an element; `value` and `operands` are positions of earlier steps. */
export type Step =
  /** A number known outside the loop: a literal, or a variable of the code around it. */
  | { readonly kind: 'outside'; readonly text: string }
  /** The element at these strides along the loop's dimensions. */
  | { readonly kind: 'load'; readonly from: Memory; readonly strides: readonly number[] }
  /** The element at a position that differs from element to element. */
  | { readonly kind: 'gather'; readonly from: Memory; readonly codes: Int32Array }
  /** An elementwise operation of the registry. */
  | { readonly kind: 'apply'; readonly operation: string; readonly operands: readonly number[] }
  /** Into memory, in the order of the loop. */
  | { readonly kind: 'store'; readonly to: Memory; readonly value: number }
  /** Added to a sum over everything, which is then the variable `name`; `partials` is 1 for a short sum. */
  | { readonly kind: 'total'; readonly name: string; readonly partials: 1 | 4; readonly value: number }
  /** Σ log(1 + value) over everything, as products of runs (`operations/log-product.ts`); then the variable `name`. */
  | { readonly kind: 'logTotal'; readonly name: string; readonly value: number }
  /** Added to memory at these strides. */
  | { readonly kind: 'accumulate'; readonly to: Memory; readonly strides: readonly number[]; readonly value: number }
  /** Added to memory at a position that differs from element to element. */
  | { readonly kind: 'scatter'; readonly to: Memory; readonly codes: Int32Array; readonly value: number };

export interface LoopForm {
  /** Sizes of the dimensions, outermost first. A single one: everything is read and written in order. */
  readonly sizes: readonly number[];
  readonly steps: readonly Step[];
}

/** Elements a loop goes through. */
export function lengthOf({ sizes }: LoopForm): number {
  return sizes.reduce((product, n) => product * n, 1);
}

/** A run of equal codes is worth a register when it is this long on average. */
const LONG_RUN = 4;

/** True for codes that change seldom, as those of sorted groups do: a rule of the codes alone. */
export function comesInRuns(codes: ArrayLike<number>): boolean {
  let runs = 1;
  for (let i = 1; i < codes.length; i++) if (codes[i] !== codes[i - 1]) runs++;
  return codes.length >= LONG_RUN * runs;
}

const positions = new WeakSet<Int32Array>();

/** True for codes that are positions in an array: they depend on shapes alone, and are the same for all data. */
export function arePositions(codes: Int32Array): boolean {
  return positions.has(codes);
}

/**
 * A loop over several dimensions as one over all elements: what is read or added up in another order is found by its
 * position. Every sum keeps its order.
 */
export function flattened(form: LoopForm): LoopForm {
  const { sizes, steps } = form;
  if (sizes.length < 2) return form;
  const full = stridesOf(sizes).join();
  const known = new Map<string, Int32Array>();
  const codesOf = (strides: readonly number[]) => {
    let codes = known.get(strides.join());
    if (codes === undefined) {
      codes = indexMap(sizes, strides);
      positions.add(codes);
      known.set(strides.join(), codes);
    }
    return codes;
  };
  return {
    sizes: [lengthOf(form)],
    steps: steps.map((step): Step => {
      if (step.kind === 'load') {
        const { from, strides } = step;
        if (strides.join() === full) return { kind: 'load', from, strides: [1] };
        return { kind: 'gather', from, codes: codesOf(strides) };
      }
      if (step.kind !== 'accumulate') return step;
      return { kind: 'scatter', to: step.to, codes: codesOf(step.strides), value: step.value };
    }),
  };
}
