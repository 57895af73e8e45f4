/**
 * The arrays every side of the training bench reads, as `peers/train/data.py` writes them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Numbers = Float32Array | Int32Array;

/** A folder of arrays. */
export class Arrays {
  readonly #folder: string;
  readonly #meta: Readonly<Record<string, { readonly shape: readonly number[]; readonly dtype: string }>>;

  constructor(folder: string) {
    this.#folder = folder;
    this.#meta = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8'));
  }

  /** Names that begin with `prefix`. */
  names(prefix: string): string[] {
    return Object.keys(this.#meta).filter((name) => name.startsWith(prefix));
  }

  read(name: string): Numbers {
    const bytes = readFileSync(join(this.#folder, `${name}.bin`));
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    return this.#meta[name]!.dtype === 'int32' ? new Int32Array(buffer) : new Float32Array(buffer);
  }

  shape(name: string): readonly number[] {
    return this.#meta[name]!.shape;
  }

  /** A matrix the other way round: Python's sides have (inputs, outputs), our layers (outputs, inputs). */
  transposed(name: string): Numbers {
    const [rows, columns] = this.shape(name) as [number, number];
    const values = this.read(name);
    return values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);
  }
}
