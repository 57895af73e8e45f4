/**
 * Three clusters in the plane, a small net for them, and how it is trained where a test says nothing else.
 */
import { crossEntropy, dropout, linear, network, relu, sequential, sgd } from '#kernel/nets/index';
import type { TrainOptions } from '#kernel/nets/train/index';

export const points = Array.from({ length: 70 }, (_, i) => [
  Math.cos((2 * Math.PI * (i % 3)) / 3) + 0.3 * Math.sin(7.1 * i),
  Math.sin((2 * Math.PI * (i % 3)) / 3) + 0.3 * Math.cos(5.3 * i),
]);
export const labels = points.map((_, i) => i % 3);
export const data = { x: points, y: labels };

export const small = (seed = 1, rate = 0) =>
  network(sequential(linear(2, 8), relu(), dropout(rate), linear(8, 3)), { input: [2], seed });
export type Small = ReturnType<typeof small>;

export const options = (more: Partial<TrainOptions> = {}): TrainOptions => ({
  loss: crossEntropy(),
  optimiser: sgd({ rate: 0.1, momentum: 0.9 }),
  ...(more.steps === undefined ? { epochs: 4 } : {}),
  batchSize: 16,
  ...more,
});

export const weights = (net: Small) => net.inventory.parameters.map(({ path }) => [...net.get(path).values]);
