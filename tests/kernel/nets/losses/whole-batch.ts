/**
 * A net's loss over all data as a function to be made small, in double precision: for what training is in theory.
 */
import { lbfgs } from '#kernel/estimate/optimise/lbfgs';
import type { Objective } from '#kernel/estimate/optimise/objective';
import type { Network } from '#kernel/nets/net';
import type { Loss } from '#kernel/nets/types';
import { compileStep } from '#kernel/program/step';

/** The loss by all trainable parameters one after another. */
export function objectiveOf(
  net: Network,
  loss: Loss,
  data: { readonly x: ArrayLike<number>; readonly y: ArrayLike<number>; readonly rows: number },
): Objective & { put(position: Float64Array): void; take(): Float64Array } {
  const { state } = net;
  const found = net.differentiate({ loss, batchSize: data.rows });
  const step = compileStep({
    state,
    inputs: [...found.variables, found.target],
    outputs: [found.loss, ...found.gradients.map(({ gradient }) => gradient)],
  });
  step.input('@x').set(data.x);
  step.input('@y').set(data.y);
  const arrays = () => found.gradients.map(({ path }) => state.array(path));
  const put = (position: Float64Array) => {
    let at = 0;
    for (const array of arrays()) {
      array.set(position.subarray(at, at + array.length));
      at += array.length;
    }
  };
  const take = () => Float64Array.from(arrays().flatMap((array) => [...array]));
  const valueAndGradient = (position: Float64Array, gradient: Float64Array) => {
    put(position);
    step.execute();
    let at = 0;
    found.gradients.forEach((_, i) => {
      const slope = step.output(1 + i);
      gradient.set(slope, at);
      at += slope.length;
    });
    return step.output(0)[0]!;
  };
  const dimension = take().length;
  return {
    dimension,
    put,
    take,
    valueAndGradient,
    value: (position) => valueAndGradient(position, new Float64Array(dimension)),
  };
}

/** Train to the optimum by L-BFGS; the net has the parameters then. @returns the least value */
export function minimise(objective: ReturnType<typeof objectiveOf>, add?: Objective): number {
  const total: Objective =
    add === undefined
      ? objective
      : {
          dimension: objective.dimension,
          value: (position) => objective.value(position) + add.value(position),
          valueAndGradient(position, gradient) {
            const more = new Float64Array(gradient.length);
            const value = objective.valueAndGradient(position, gradient) + add.valueAndGradient(position, more);
            for (let i = 0; i < gradient.length; i++) gradient[i]! += more[i]!;
            return value;
          },
        };
  const optimiser = lbfgs(total, { tolerance: 1e-22, memory: 20 });
  let state = optimiser.init(objective.take());
  let ending = 'running';
  for (let i = 0; i < 2000 && ending === 'running'; i++) {
    const [next, info] = optimiser.step(state);
    state = next;
    ending = info.ending;
  }
  objective.put(state.position);
  return state.value;
}
