/**
 * Going along a row four numbers at a time.
 */
import type { Address, Code, Vector } from '../code.ts';

export type Lanes = 1 | 2 | 3 | 4;

/** Rows of up to this many vectors are written out; longer ones are a loop. */
const WRITTEN_OUT = 8;

/**
 * Call `body` for each vector of `size` numbers, with its address for every pointer, and the lanes that are there.
 * A pointer is a local with the address of the row's beginning, or undefined for 0; it is left as it is.
 */
export function eachVector(
  code: Code,
  size: number,
  pointers: readonly Address[],
  body: (addresses: readonly Address[], lanes: Lanes) => void,
): void {
  eachVectors(code, size, 1, pointers, ([addresses], lanes) => body(addresses!, lanes));
}

/** The same for up to `together` vectors at a time: `body` is given the addresses of each. */
export function eachVectors(
  code: Code,
  size: number,
  together: number,
  pointers: readonly Address[],
  body: (addresses: readonly (readonly Address[])[], lanes: Lanes) => void,
): void {
  const vectors = Math.floor(size / 4);
  const moved = (from: readonly Address[], bytes: number) =>
    from.map((address) => ({ ...address, bytes: address.bytes + bytes }));
  const group = (from: readonly Address[], first: number, count: number) => {
    if (count > 0) {
      body(
        Array.from({ length: count }, (_, i) => moved(from, 16 * (first + i))),
        4,
      );
    }
  };
  const groups = Math.floor(vectors / together);
  let rest = pointers;
  let done = together * groups;
  if (groups <= Math.ceil(WRITTEN_OUT / together)) {
    for (let g = 0; g < groups; g++) group(pointers, g * together, together);
  } else {
    const own = pointers.map(({ base, bytes }) => {
      const pointer = code.integerLocal(0);
      if (base !== undefined) code.sum(pointer, base, 0);
      return { base: pointer, bytes };
    });
    code.repeat(groups, () => {
      group(own, 0, together);
      for (const { base } of own) code.advance(base, 16 * together);
    });
    rest = own;
    done = 0;
  }
  group(rest, done, vectors % together);
  if (size % 4 > 0) body([moved(rest, 16 * (done + (vectors % together)))], (size % 4) as Lanes);
}

/** The first lanes of `a`, the same number in the others. */
export function filled(code: Code, a: Vector, lanes: Lanes, filler: Vector): Vector {
  if (lanes === 4) return a;
  const bytes = Array.from({ length: 16 }, (_, byte) => (byte < 4 * lanes ? 0xff : 0));
  return code.select(code.bits(bytes), a, filler);
}

/** All lanes the first one. */
export function spreadFirst(code: Code, a: Vector): Vector {
  return code.shuffle(a, a, [0, 0, 0, 0]);
}
