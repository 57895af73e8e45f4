/**
 * Philox4x32-10 on four counters at a time, one a lane: the numbers of `operations/random.ts`.
 */
import { sizeOf } from '../../../shape.ts';
import type { Code, Vector } from '../code.ts';
import type { KernelWriter } from '../site.ts';

// Multipliers and Weyl increments of `numeric/philox.ts`.
const M0 = 0xd2511f53 | 0;
const M1 = 0xcd9e8d57 | 0;
const W0 = 0x9e3779b9 | 0;
const W1 = 0xbb67ae85 | 0;

/** Upper and lower words of the products of four words with a constant. */
function multiply(code: Code, a: Vector, constant: number): { readonly high: Vector; readonly low: Vector } {
  const c = code.integers(constant);
  const [first, second] = [code.binary('productsLow', a, c), code.binary('productsHigh', a, c)];
  return { high: code.shuffle(first, second, [1, 3, 5, 7]), low: code.shuffle(first, second, [0, 2, 4, 6]) };
}

/** One word of the key in all lanes. */
function keyWord(code: Code, address: number, word: number): Vector {
  return code.loadSpread({ bytes: address + 4 * word });
}

export const random: KernelWriter = {
  unsuited: ([key]) => !key!.integer, // the words of a computed key are numbers
  write({ code, node, inputs, output }) {
    const size = sizeOf(output.shape);
    const { address } = inputs[0]!;
    const words = [0, 1, 2, 3].map((word) => keyWord(code, address, word)) as [Vector, Vector, Vector, Vector];
    const stream = code.integers(node.attributes.stream!);
    const block = code.copy(code.bits([0, 1, 2, 3].flatMap((lane) => [lane, 0, 0, 0])));
    const to = code.integerLocal(output.address);
    const scale = code.constant(2 ** -24);
    /** Four blocks of four numbers, of which `count` are stored. */
    const turn = (count: number) => {
      let [c0, c1, c2, c3] = [block, stream, words[2], words[3]] as [Vector, Vector, Vector, Vector];
      let [k0, k1] = [words[0], words[1]] as [Vector, Vector];
      for (let round = 0; round < 10; round++) {
        const [x, y] = [multiply(code, c0, M0), multiply(code, c2, M1)];
        c0 = code.binary('xor', code.binary('xor', y.high, c1), k0);
        c2 = code.binary('xor', code.binary('xor', x.high, c3), k1);
        c1 = y.low;
        c3 = x.low;
        k0 = code.binary('addIntegers', k0, code.integers(W0));
        k1 = code.binary('addIntegers', k1, code.integers(W1));
      }
      // A lane has a block: turned, so that a vector has the words of one.
      const [a, b] = [code.shuffle(c0, c1, [0, 4, 1, 5]), code.shuffle(c2, c3, [0, 4, 1, 5])];
      const [c, d] = [code.shuffle(c0, c1, [2, 6, 3, 7]), code.shuffle(c2, c3, [2, 6, 3, 7])];
      const blocks = [
        code.shuffle(a, b, [0, 1, 4, 5]),
        code.shuffle(a, b, [2, 3, 6, 7]),
        code.shuffle(c, d, [0, 1, 4, 5]),
        code.shuffle(c, d, [2, 3, 6, 7]),
      ];
      blocks.forEach((bits, i) => {
        const lanes = Math.min(4, count - 4 * i);
        if (lanes <= 0) return;
        const number = code.binary('mul', code.unary('fromUnsigned', code.shift('right', bits, 8)), scale);
        code.store({ base: to, bytes: 16 * i }, number, lanes as 1 | 2 | 3 | 4);
      });
    };
    code.repeat(Math.floor(size / 16), () => {
      turn(16);
      code.advance(to, 64);
      code.assign(block, code.binary('addIntegers', block, code.integers(4)));
    });
    if (size % 16 > 0) turn(size % 16);
  },
};
