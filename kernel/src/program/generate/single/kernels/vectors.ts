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
  const vectors = Math.floor(size / 4);
  const moved = (from: readonly Address[], bytes: number) =>
    from.map((address) => ({ ...address, bytes: address.bytes + bytes }));
  let rest = pointers;
  let done = 4 * vectors;
  if (vectors <= WRITTEN_OUT) for (let v = 0; v < vectors; v++) body(moved(pointers, 16 * v), 4);
  else {
    const local = code.integerLocal(0);
    const own = pointers.map(({ base, bytes }) => {
      const pointer = base === undefined ? local : code.integerLocal(0);
      if (base !== undefined) code.sum(pointer, base, 0);
      return { base: pointer, bytes };
    });
    code.repeat(vectors, () => {
      body(own, 4);
      for (const pointer of new Set([local, ...own.map(({ base }) => base)])) code.advance(pointer, 16);
    });
    rest = own;
    done = 0;
  }
  if (size % 4 > 0) body(moved(rest, 4 * done), (size % 4) as Lanes);
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
