/**
 * Addresses for values that live for a while: freed memory is given out again, first fit.
 */

/** Addresses are multiples of this: a cache line. */
const ALIGNMENT = 64;

export class Arena {
  readonly #free: { from: number; to: number }[] = [];
  #end: number;

  constructor(start: number) {
    this.#end = roundUp(start);
  }

  /** One after the last byte ever given out. */
  get end(): number {
    return this.#end;
  }

  /** An address for this many bytes. */
  take(bytes: number): number {
    const size = roundUp(Math.max(1, bytes));
    const at = this.#free.findIndex(({ from, to }) => to - from >= size);
    if (at < 0) {
      const start = this.#end;
      this.#end += size;
      return start;
    }
    const gap = this.#free[at]!;
    const start = gap.from;
    gap.from += size;
    if (gap.from === gap.to) this.#free.splice(at, 1);
    return start;
  }

  /** An address after all there are: no memory that is used again, for what is placed once everything else has its place. */
  takeLast(bytes: number): number {
    const start = this.#end;
    this.#end += roundUp(Math.max(1, bytes));
    return start;
  }

  /** Give memory back, as many bytes as were taken. */
  give(address: number, bytes: number): void {
    let from = address;
    let to = address + roundUp(Math.max(1, bytes));
    for (let i = this.#free.length - 1; i >= 0; i--) {
      const gap = this.#free[i]!;
      if (gap.to !== from && gap.from !== to) continue;
      from = Math.min(from, gap.from);
      to = Math.max(to, gap.to);
      this.#free.splice(i, 1);
    }
    this.#free.push({ from, to });
  }
}

function roundUp(bytes: number): number {
  return ALIGNMENT * Math.ceil(bytes / ALIGNMENT);
}
