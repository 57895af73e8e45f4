/**
 * Derivatives of a joint log density along vectors, and what they say of its structure: which latent coordinates depend
 * on each other, and whether it is quadratic in them.
 */
import { compile, dot, type Expr, grad, type Program, variable } from '../program/index.ts';
import type { LogDensity } from '../program/types.ts';

/** Second and third derivatives of a joint log density g along vectors. */
export interface Derivatives {
  /** g'' v, (d,). */
  second(position: Float64Array, direction: Float64Array): Float64Array;
  /** ∇(vᵀ g'' v), (d,). */
  third(position: Float64Array, direction: Float64Array): Float64Array;
}

export function secondAndThird(position: Expr, value: Expr): Derivatives {
  const d = position.size;
  const direction = variable('direction', [d]) as Expr;
  const first = grad(value.reshape(), [position])[0]!; // (d,)
  const along = grad(dot(first, direction), [position])[0]!; // (d,)
  const inputs = [
    { name: 'position', shape: [d] },
    { name: 'direction', shape: [d] },
  ];
  const program = compile({ inputs, outputs: [along] });
  const second = (at: Float64Array, v: Float64Array) => program.run({ position: at, direction: v })[0]!;
  let third: Program | 'differences' | undefined; // compiled when first asked for
  return {
    second,
    third(at, v) {
      third ??= thirdProgram();
      return third === 'differences' ? differences(at, v) : third.run({ position: at, direction: v })[0]!;
    },
  };

  function thirdProgram(): Program | 'differences' {
    try {
      return compile({ inputs, outputs: grad(dot(along, direction), [position]) });
    } catch {
      return 'differences'; // an operation without so many derivatives, such as lgamma
    }
  }

  /** d/dt g''(x + t v) v by central differences, extrapolated once; v is one standard error long. */
  function differences(at: Float64Array, v: Float64Array): Float64Array {
    const slope = (h: number) => {
      const up = second(
        at.map((x, i) => x + h * v[i]!),
        v,
      );
      const down = second(
        at.map((x, i) => x - h * v[i]!),
        v,
      );
      return up.map((x, i) => (x - down[i]!) / (2 * h)); // (d,)
    };
    const coarse = slope(2 ** -7);
    return slope(2 ** -8).map((x, i) => (4 * x - coarse[i]!) / 3);
  }
}

/** Two positions unlike each other, at which structure is looked at. */
function probes(d: number): Float64Array[] {
  return [0.3, -0.7].map((size) => Float64Array.from({ length: d }, (_, i) => size * (1 + ((i * 7) % 5) / 5)));
}

/** Sets of latent coordinates (numbered 0 … m − 1) that depend on each other through g. */
export function connected({ second }: Derivatives, density: LogDensity, latent: readonly number[]): number[][] {
  const label = latent.map((_, a) => a);
  for (const at of probes(density.dimension)) {
    latent.forEach((i, a) => {
      const direction = new Float64Array(density.dimension); // (d,)
      direction[i] = 1;
      const column = second(at, direction);
      latent.forEach((row, b) => {
        if (column[row] === 0 || label[a] === label[b]) return;
        const [from, to] = [label[b]!, label[a]!];
        label.forEach((each, c) => {
          if (each === from) label[c] = to;
        });
      });
    });
  }
  const sets = new Map<number, number[]>();
  label.forEach((each, a) => {
    const set = sets.get(each);
    if (set) set.push(a);
    else sets.set(each, [a]);
  });
  return [...sets.values()];
}

/** True where g'' in the latent coordinates does not change as these move. */
export function isQuadratic({ third }: Derivatives, density: LogDensity, latent: readonly number[]): boolean {
  return probes(density.dimension).every((at) => {
    const direction = new Float64Array(density.dimension); // (d,)
    latent.forEach((i, a) => {
      direction[i] = 1 + (a % 3) / 4;
    });
    const change = third(at, direction);
    return latent.every((i) => Math.abs(change[i]!) < 1e-9);
  });
}
