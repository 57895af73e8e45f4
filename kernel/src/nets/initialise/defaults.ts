/**
 * The starts PyTorch gives its layers where nothing else is asked for.
 */
import { elementwise } from './initialiser.ts';
import * as schemes from './schemes.ts';

/** Uniform on ±1/√n_in: weights and biases of linear and convolutional layers (He's uniform start with a = √5). */
export const fanInUniform = elementwise('fanInUniform', {}, (fanIn) => {
  const bound = 1 / Math.sqrt(fanIn);
  return (stream) => bound * (2 * stream.uniform() - 1);
});

export const zeros = schemes.zeros();
export const ones = schemes.ones();
/** The projections of attention. */
export const xavierUniform = schemes.xavierUniform();
