/**
 * Trains the backbone that ships with the library, from a seed, with the same bits on every machine:
 *
 *     node tests/kernel/nets/make-digits-backbone.ts > kernel/assets/digits-backbone.safetensors
 */
import { digits } from '#kernel/data/sets/digits';
import { encodeSafetensors } from '#kernel/nets/checkpoint/safetensors';
import { dropout } from '#kernel/nets/layers/dropout';
import { linear } from '#kernel/nets/layers/linear';
import { sequential } from '#kernel/nets/layers/sequential';
import { crossEntropy } from '#kernel/nets/losses/cross-entropy';
import { network } from '#kernel/nets/net';
import { adam } from '#kernel/nets/optimisers/adam';
import { digitsFeatures } from '#kernel/nets/pretrained';
import { train } from '#kernel/nets/train/train';

/** Digits the backbone sees. */
const SEEN = 7;
/** Each image as it is, and moved by a pixel. */
const MOVES = [
  [0, 0],
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

const { pixels, digit } = digits();
const x: number[][] = [];
const y: number[] = [];
digit.codes.forEach((code, image) => {
  if (code >= SEEN) return;
  for (const [down, right] of MOVES) {
    y.push(code);
    x.push(
      Array.from({ length: 64 }, (_, at) => {
        const [row, column] = [Math.floor(at / 8) - down, (at % 8) - right];
        const inside = row >= 0 && row < 8 && column >= 0 && column < 8;
        return inside ? pixels[64 * image + 8 * row + column]! / 16 : 0;
      }),
    );
  }
});

const net = network(sequential({ backbone: digitsFeatures(), drop: dropout(0.3), head: linear(128, SEEN) }), {
  input: [64],
  seed: 1,
});
await train(
  net,
  { x, y },
  {
    loss: crossEntropy(),
    optimiser: adam({ rate: 2e-3 }),
    epochs: 8,
    batchSize: 64,
    reproducible: true,
    onProgress: () => {},
  },
);
const tensors = Object.fromEntries(
  net.trainable
    .filter((path) => path.startsWith('backbone.'))
    .map((path) => [path.slice('backbone.'.length), net.get(path)]),
);
const metadata = {
  data: 'digits 0 to 6 of Alpaydin & Kaynak 1998, CC BY 4.0, doi 10.24432/C50P49',
  input: 'pixels / 16',
};
process.stdout.write(encodeSafetensors({ tensors, metadata }));
