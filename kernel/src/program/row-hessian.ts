/**
 * A Hessian put together from the parts of a log density over rows (`separable.ts`): Cᵀ Xᵀ W X C of what is linear, with C
 * the derivative of the coefficients, and products with unit vectors for what is not.
 */
import type { Program } from './compile.ts';
import { WeightedGram } from './generate/webassembly/weighted-gram.ts';
import type { Separable } from './separable.ts';
import type { Expr } from './types.ts';

/** A row of the derivative of the coefficients: most are one coordinate. */
interface Sparse {
  readonly at: readonly number[];
  readonly by: readonly number[];
}

/**
 * The Hessian (d, d) at a position (d,), written into `result`, exactly symmetric.
 *
 * @param compiled makes a program of the position, and of a direction beside it
 */
export function rowHessian(
  parts: Separable,
  d: number,
  compiled: (outputs: readonly Expr[], directed: boolean) => Program,
): (at: Float64Array, result: Float64Array) => void {
  let assemble: ReturnType<typeof assembly> | undefined; // compiled when first asked for
  return (at, result) => {
    assemble ??= assembly(parts, d, compiled);
    assemble(at, result);
  };
}

function assembly(
  { widths, coefficients, designs, blocks, others, direct, across, outside }: Separable,
  d: number,
  compiled: (outputs: readonly Expr[], directed: boolean) => Program,
): (at: Float64Array, result: Float64Array) => void {
  const grams = blocks.map(({ k, l }) => {
    const { shape, attributes } = designs[k]!;
    return k === l ? WeightedGram.of(attributes.value!, shape[0]!, widths[k]!) : undefined;
  });
  const weighed = compiled(
    blocks.map(({ product, weights }, b) => (grams[b] ? weights : product)),
    false,
  );
  const single = others.length > 0 ? compiled([direct, across], true) : undefined;
  const rest = others.length < d ? compiled([outside], true) : undefined;
  const starts = widths.map((_, k) => widths.slice(0, k).reduce((sum, width) => sum + width, 0));
  const derivative = derivativeOf(compiled([coefficients], false), d);
  const alone = new Set(others);
  const unit = new Float64Array(d);
  /** A program at a position, in the direction of coordinate j. */
  const along = (program: Program, at: Float64Array, j: number) => {
    unit[j] = 1;
    program.inputBuffers[0]!.set(at);
    program.inputBuffers[1]!.set(unit);
    unit[j] = 0;
    program.execute();
    return program.outputBuffers;
  };

  return (at, result) => {
    result.fill(0);
    for (let j = 0; j < d; j++) {
      const program = alone.has(j) ? single : rest;
      const column = along(program!, at, j)[0]!; // (d,)
      for (let i = 0; i < d; i++) result[i * d + j] = column[i]!;
      if (!alone.has(j)) continue;
      const crossing = program!.outputBuffers[1]!; // (Σ widths,)
      derivative.forEach(({ at: places, by }, c) => {
        places.forEach((i, n) => {
          result[i * d + j]! += crossing[c]! * by[n]!;
          result[j * d + i]! += crossing[c]! * by[n]!;
        });
      });
    }
    // Rows of what is outside hold nothing of what stands alone, so that those columns are the whole of it.
    for (const j of others) for (let i = 0; i < d; i++) if (!alone.has(i)) result[j * d + i] = result[i * d + j]!;
    weighed.inputBuffers[0]!.set(at);
    weighed.execute();
    blocks.forEach(({ k, l }, b) => {
      const found = weighed.outputBuffers[b]!;
      addBlock(result, grams[b]?.product(found) ?? found, k, l);
    });
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < i; j++) {
        result[i * d + j] = 0.5 * (result[i * d + j]! + result[j * d + i]!);
        result[j * d + i] = result[i * d + j]!;
      }
    }
  };

  /** Cₖᵀ block Cₗ, and its transpose where the two differ. */
  function addBlock(result: Float64Array, block: Float64Array, k: number, l: number): void {
    for (let a = 0; a < widths[k]!; a++) {
      const left = derivative[starts[k]! + a]!;
      for (let b = 0; b < widths[l]!; b++) {
        const right = derivative[starts[l]! + b]!;
        const value = block[a * widths[l]! + b]!;
        for (let m = 0; m < left.at.length; m++) {
          for (let n = 0; n < right.at.length; n++) {
            const part = value * left.by[m]! * right.by[n]!;
            result[left.at[m]! * d + right.at[n]!]! += part;
            if (k !== l) result[right.at[n]! * d + left.at[m]!]! += part;
          }
        }
      }
    }
  }
}

/** The derivative of what is affine: its differences along unit vectors. */
function derivativeOf(program: Program, d: number): Sparse[] {
  const at = (j: number): Float64Array => {
    const input = program.inputBuffers[0]!.fill(0);
    if (j >= 0) input[j] = 1;
    program.execute();
    return program.outputBuffers[0]!.slice();
  };
  const zero = at(-1);
  const rows = Array.from(zero, () => ({ at: [] as number[], by: [] as number[] }));
  for (let j = 0; j < d; j++) {
    at(j).forEach((value, c) => {
      const slope = value - zero[c]!;
      if (slope === 0) return;
      rows[c]!.at.push(j);
      rows[c]!.by.push(slope);
    });
  }
  return rows;
}
