/**
 * What works along the last dimension as a whole: softmax, its logarithm, and log Σ exp, in the order of
 * `operations/softmax.ts`.
 */
import { sizeOf } from '../../../shape.ts';
import { log, weight } from '../../../single/functions.ts';
import type { Address, Code, Vector } from '../code.ts';
import type { KernelWriter, Site } from '../site.ts';
import { vectorLanes } from '../vector-lanes.ts';
import { eachVector, eachVectors, filled, type Lanes, spreadFirst } from './vectors.ts';

/** Vectors whose exponentials are computed in turn. */
const TOGETHER = 4;

interface Row {
  readonly code: Code;
  readonly size: number;
  readonly from: Address;
  readonly to: Address;
  readonly fused: boolean;
}

/** `body` for every row. `results` is how many numbers a row of the result has. */
function eachRow({ code, inputs, output, fused }: Site, size: number, results: number, body: (row: Row) => void): void {
  const rows = size === 0 ? 0 : sizeOf(inputs[0]!.shape) / size;
  const from = code.integerLocal(inputs[0]!.address);
  const to = code.integerLocal(output.address);
  code.repeat(rows, () => {
    body({ code, size, from: { base: from, bytes: 0 }, to: { base: to, bytes: 0 }, fused });
    code.advance(from, 4 * size);
    code.advance(to, 4 * results);
  });
}

/** The largest number of a row, in all lanes, NaN left out: what follows is NaN then without it. */
function largest({ code, size, from }: Row): Vector {
  const least = code.constant(-Infinity);
  const top = code.copy(least);
  eachVectors(code, size, TOGETHER, [from], (places, lanes) => {
    for (const [at] of places) {
      code.assign(top, code.binary('greater', top, filled(code, code.load(at!, 4), lanes, least)));
    }
  });
  const pairs = code.binary('greater', top, code.shuffle(top, top, [2, 3, 0, 1]));
  return code.binary('greater', pairs, code.shuffle(pairs, pairs, [1, 0, 3, 2]));
}

/** Σ e^(x − top) in the first lane; `keep` is given each e^(x − top). */
function sumOfPowers(
  { code, size, from, to, fused }: Row,
  top: Vector,
  keep: (at: Address, power: Vector, lanes: Lanes) => void,
): Vector {
  const zero = code.constant(0);
  const sum = code.copy(zero);
  const lanesOf = vectorLanes(code, fused);
  eachVectors(code, size, TOGETHER, [from, to], (places, lanes) => {
    const loaded = places.map(([at]) => code.load(at!, 4));
    const powers = weight(lanesOf, lanesOf.sub(loaded, [top]));
    for (const [i, power] of powers.entries()) {
      keep(places[i]![1]!, power, lanes);
      code.assign(sum, code.binary('add', sum, filled(code, power, lanes, zero)));
    }
  });
  return code.total(sum);
}

export const softmax: KernelWriter = {
  write(site) {
    const { code, node } = site;
    const size = node.shape[node.shape.length - 1]!;
    eachRow(site, size, size, (row) => {
      const sum = sumOfPowers(row, largest(row), (at, power, lanes) => code.store(at, power, lanes));
      const scale = spreadFirst(code, code.binary('div', code.constant(1), sum));
      eachVector(code, size, [row.to], ([at], lanes) => {
        code.store(at!, code.binary('mul', code.load(at!, lanes), scale), lanes);
      });
    });
  },
};

export const logSoftmax: KernelWriter = {
  write(site) {
    const { code, node, fused } = site;
    const size = node.shape[node.shape.length - 1]!;
    eachRow(site, size, size, (row) => {
      const top = largest(row);
      const sum = sumOfPowers(row, top, () => {});
      const total = spreadFirst(code, log(vectorLanes(code, fused), [sum])[0]!);
      eachVector(code, size, [row.from, row.to], ([from, to], lanes) => {
        code.store(to!, code.binary('sub', code.binary('sub', code.load(from!, 4), top), total), lanes);
      });
    });
  },
};
