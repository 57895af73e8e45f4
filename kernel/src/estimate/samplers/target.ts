/**
 * A log density made of closed data: what a chain on another thread samples, and for the same bits on this one too.
 */
import { Program } from '../../program/index.ts';
import type { LogDensity } from '../../program/types.ts';

/** The graph of a log density: value and gradient of one position. */
export type DensityGraph = NonNullable<LogDensity['graph']>;

const made = new WeakMap<DensityGraph, LogDensity>();

/** The log density a graph describes. The same graph gives the same object, so its code is warm in a later run. */
export function densityOf(graph: DensityGraph): LogDensity {
  let density = made.get(graph);
  if (density === undefined) {
    density = runnable(new Program(graph), graph);
    made.set(graph, density);
  }
  return density;
}

function runnable(program: Program, graph: DensityGraph): LogDensity {
  const position = program.inputBuffers[0]!; // (d,)
  const [value, slope] = program.outputBuffers as readonly [Float64Array, Float64Array];
  const d = position.length;
  const at = (q: Float64Array) => {
    for (let i = 0; i < d; i++) position[i] = q[i]!;
    program.execute();
  };
  return {
    dimension: d,
    graph,
    value(q) {
      at(q);
      return value[0]!;
    },
    valueAndGradient(q, gradient) {
      at(q);
      for (let i = 0; i < d; i++) gradient[i] = slope[i]!;
      return value[0]!;
    },
  };
}
