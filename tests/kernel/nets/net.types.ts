/**
 * What the type checker knows of nets: outputs, predictions, losses. Checked by tsc alone.
 */
import { normal } from '#kernel/distributions/normal';
import { relu } from '#kernel/nets/layers/activations';
import { multiHeadAttention } from '#kernel/nets/layers/attention';
import { layer } from '#kernel/nets/layers/compose';
import { linear } from '#kernel/nets/layers/linear';
import { lstm } from '#kernel/nets/layers/recurrent';
import { sequential } from '#kernel/nets/layers/sequential';
import { transformerDecoderLayer } from '#kernel/nets/layers/transformer';
import { negativeLogLikelihood } from '#kernel/nets/losses/likelihood';
import { meanSquaredError } from '#kernel/nets/losses/regression';
import { network } from '#kernel/nets/net';
import { sgd } from '#kernel/nets/optimisers/sgd';
import type { Expr } from '#kernel/program/types';

const input = [5, 2];
const optimiser = sgd();

const dense = network(sequential(linear(2, 3), relu()), { input });
export const values: Float32Array | Float64Array = dense.predict([1, 2]).values;
dense.trainingStep({ loss: meanSquaredError(), optimiser, batchSize: 2 });

const recurrent = network(lstm(2, 3), { input });
export const cell: readonly number[] = recurrent.predict([1, 2]).cell.shape;
// @ts-expect-error an LSTM gives several outputs: it has no values itself
recurrent.predict([1, 2]).values;
// @ts-expect-error the loss wants one output
recurrent.trainingStep({ loss: meanSquaredError(), optimiser, batchSize: 2 });

const last = network(sequential(lstm(2, 3, { returns: 'last' }), linear(3, 1)), { input });
export const one: readonly number[] = last.predict([1, 2]).shape;

// @ts-expect-error 'final' is not one of 'all', 'output', 'last'
lstm(2, 3, { returns: 'final' });

const own = layer({ body: linear(3, 2), memory: lstm(2, 2) }, ({ body, memory }, x) => {
  const { hidden } = memory(x);
  // @ts-expect-error there is no child of this name
  void body.head;
  return { mean: body(x), hidden };
});
const both = network(own, { input: [3] });
export const mean: readonly number[] = both.predict([1, 2, 3]).mean.shape;
both.trainingStep({
  loss: negativeLogLikelihood((output: { mean: Expr }) => normal(output.mean, 1)),
  optimiser,
  batchSize: 2,
});

export const inline = network(
  layer({ body: linear(3, 2) }, ({ body }, x) => body(x.mul(2))),
  { input: [3] },
);
export const self = network(multiHeadAttention(8, 2), { input: [3, 8] });
// @ts-expect-error a decoder needs a memory: call it in a layer of your own
export const decoder = network(transformerDecoderLayer(8, 2), { input: [3, 8] });

// Predictions are of single or of double precision: what one does with arrays works on both without a question.
const { values: predicted } = last.predict([1, 2]);
export const sum: number = predicted.reduce((total, value) => total + value);
export const most: number = predicted.reduce((best, value, i) => (value > predicted[best]! ? i : best), 0);
export const listed: string = predicted.reduce((text, value) => `${text} ${value}`, '');
export const shifted: Float32Array | Float64Array = predicted.map((value) => value + 1);
export const weight: number = last.get('1.weight').values.reduce((total, value) => total + value ** 2, 0);
// @ts-expect-error a sum of numbers that begins with a text is a text
export const wrong: number = predicted.reduce((total, value) => total + value, '');
