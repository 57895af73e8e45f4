/**
 * Random numbers inside programs: a pure function of a key given when the program runs and of the position, so the same
 * key gives the same bits on every machine, in either precision, whatever runs in what order.
 *
 * Philox4x32-10 (Salmon et al. 2011) over counters (block, stream, key word 2, key word 3); element i is word i mod 4
 * of block i div 4. Of 32 bits the upper 24 are used: (bits + ½) 2^−24 would not be exact in single precision, so the
 * value is bits · 2^−24, from 0 to below 1.
 */
import { philox } from '../../numeric/philox.ts';
import { formatShape } from '../shape.ts';
import type { Operation } from './operation.ts';

export const random = {
  random: {
    documentation: 'uniform numbers in [0, 1) of 24 bits, from a key of four 32-bit words and a stream number',
    arity: 1,
    shape: ([key], { sizes }) => {
      if (key!.length !== 1 || key![0] !== 4) {
        throw new RangeError(
          `random: expected a key of four integers (shape [4]), got shape ${formatShape(key!)}; make it with variable('key', [4], 'integer') and give it a key of numeric/random`,
        );
      }
      return sizes!;
    },
    kernel: ({ attributes }) => {
      const block = new Uint32Array(4);
      return (output, [key]) => {
        const [k0, k1, k2, k3] = key! as unknown as [number, number, number, number];
        for (let i = 0; i < output.length; i += 4) {
          philox(block, i / 4, attributes.stream!, k2, k3, k0, k1);
          for (let word = 0; word < 4 && i + word < output.length; word++) {
            output[i + word] = (block[word]! >>> 8) * 2 ** -24;
          }
        }
      };
    },
    derivative: 'constant',
  },
} satisfies Record<string, Operation>;
