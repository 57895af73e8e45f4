/**
 * Generated code without the numbers of its graph: what is kept of a compilation, so that a program of the same
 * structure on other data costs neither code nor its warming up. Everything the code closes over is described by where
 * it comes from, and made anew for each program.
 */
import type { Plan } from '../interpret.ts';
import type { Graph } from '../node.ts';
import { integers } from './loop.ts';
import { arePositions } from './loop-form.ts';
import { type Assembled, type Assembler, functionsOf } from './webassembly/assembler.ts';

/** Where something that generated code closes over comes from. Starts and lengths in elements. */
type Source =
  | { readonly from: 'memory'; readonly start: number; readonly length: number }
  | { readonly from: 'scratch'; readonly array: number; readonly start: number; readonly length: number }
  | { readonly from: 'constant'; readonly node: number; readonly start: number; readonly length: number }
  | { readonly from: 'codes'; readonly node: number }
  | { readonly from: 'list'; readonly items: readonly Source[] }
  /** A kernel or a function of numbers: the same for all. */
  | { readonly from: 'anywhere'; readonly value: unknown };

/** What `generate` gives. */
export interface Generated {
  readonly text: string;
  readonly constants: ReadonlyMap<string, unknown>;
  readonly inputs: Float64Array[];
  readonly outputs: Float64Array[];
}

/**
 * What WebAssembly reads and never writes: where its copy stands, in bytes. A constant as numbers or as integer codes, or
 * positions, which are the same for all data.
 */
type Placement =
  | { readonly at: number; readonly node: number; readonly codes: boolean }
  | { readonly at: number; readonly positions: Int32Array };

/** The function in text, given all it closes over. */
export type Make = (...values: unknown[]) => () => void;

export interface Template {
  readonly make: Make;
  readonly sources: readonly Source[];
  readonly inputs: readonly Source[];
  readonly outputs: readonly Source[];
  /** Sizes of arrays outside of the shared memory. */
  readonly scratch: readonly number[];
  readonly assembled: (Assembled & { readonly placements: readonly Placement[] }) | undefined;
}

/** The template of what was generated for a graph; undefined where something cannot be told apart from its data. */
export function templateOf(
  graph: Graph,
  { constants, inputs, outputs }: Generated,
  make: Make,
  whole: { readonly assembler: Assembler; readonly assembled: Assembled } | undefined,
): Template | undefined {
  const origins = new Origins(graph, whole?.assembler);
  const placements = whole ? origins.placements(whole.assembler) : [];
  const list = (values: Iterable<unknown>) => Array.from(values, (value) => origins.of(value));
  const [sources, given, made] = [list(constants.values()), list(inputs), list(outputs)];
  if (!origins.distinct || !placements || [...sources, ...given, ...made].includes(undefined)) return undefined;
  return {
    make,
    sources: sources as Source[],
    inputs: given as Source[],
    outputs: made as Source[],
    scratch: origins.scratch,
    assembled: whole && { ...whole.assembled, placements },
  };
}

/**
 * A plan for a graph of the structure a template was made for.
 *
 * @throws RangeError where there is no memory for it
 */
export function instantiate(template: Template, graph: Graph): Plan {
  const { make, sources, inputs, outputs, assembled } = template;
  const memory = assembled && new WebAssembly.Memory({ initial: assembled.pages, maximum: assembled.pages });
  const scratch = template.scratch.map((size) => new Float64Array(size));
  const numbersOf = (node: number) => graph.nodes[node]!.attributes.value!;
  const resolve = (source: Source): unknown => {
    switch (source.from) {
      case 'memory':
        return new Float64Array(memory!.buffer, 8 * source.start, source.length);
      case 'scratch':
        return scratch[source.array]!.subarray(source.start, source.start + source.length);
      case 'constant':
        return numbersOf(source.node).subarray(source.start, source.start + source.length);
      case 'codes':
        return integers(numbersOf(source.node));
      case 'list':
        return source.items.map(resolve);
      case 'anywhere':
        return source.value;
    }
  };
  const values = sources.map(resolve);
  if (assembled && memory) {
    for (const placement of assembled.placements) {
      const { at } = placement;
      if ('positions' in placement) {
        new Int32Array(memory.buffer, at, placement.positions.length).set(placement.positions);
        continue;
      }
      const { node, codes } = placement;
      if (codes) new Int32Array(memory.buffer, at, numbersOf(node).length).set(integers(numbersOf(node)));
      else new Float64Array(memory.buffer, at, numbersOf(node).length).set(numbersOf(node));
    }
    values.push(...functionsOf(assembled, memory));
  }
  const arrays = (list: readonly Source[]) => list.map((source) => resolve(source) as Float64Array);
  return { inputs: arrays(inputs), outputs: arrays(outputs), run: make(...values) };
}

/** Finds out where arrays come from. */
class Origins {
  readonly scratch: number[] = [];
  /** Each constant has memory of its own, so that what is inside one is never inside another. */
  readonly distinct: boolean;
  readonly #assembler: Assembler | undefined;
  readonly #constants = new Map<ArrayBufferLike, { readonly node: number; readonly value: Float64Array }>();
  readonly #codes = new Map<Int32Array, number>();
  readonly #scratch = new Map<ArrayBufferLike, number>();

  constructor(graph: Graph, assembler: Assembler | undefined) {
    this.#assembler = assembler;
    let count = 0;
    graph.nodes.forEach(({ operation, attributes: { value }, inputs }, node) => {
      if (operation === 'constant') {
        count++;
        this.#constants.set(value!.buffer, { node, value: value! });
      }
      const codes = operation === 'gather' || operation === 'scatterAdd' ? inputs[1]! : undefined;
      const known = codes === undefined ? undefined : graph.nodes[codes]!.attributes.value;
      if (known) this.#codes.set(integers(known), codes!);
    });
    this.distinct = this.#constants.size === count;
  }

  of(value: unknown): Source | undefined {
    if (value instanceof Float64Array) return this.#arrayOf(value);
    if (value instanceof Int32Array) {
      const node = this.#codes.get(value);
      return node === undefined ? undefined : { from: 'codes', node };
    }
    if (Array.isArray(value)) {
      const items = value.map((item) => this.of(item));
      return items.includes(undefined) ? undefined : { from: 'list', items: items as Source[] };
    }
    return typeof value === 'function' ? { from: 'anywhere', value } : undefined;
  }

  /** Constants that stand in the shared memory; undefined where one is not a constant of the graph. */
  placements({ constants }: Assembler): Placement[] | undefined {
    const found: Placement[] = [];
    for (const [array, at] of constants) {
      if (array instanceof Int32Array && arePositions(array)) {
        found.push({ at, positions: array });
        continue;
      }
      const codes = array instanceof Int32Array;
      const node = codes ? this.#codes.get(array) : this.#constants.get(array.buffer)?.node;
      if (node === undefined) return undefined;
      found.push({ node, at, codes });
    }
    return found;
  }

  #arrayOf({ buffer, byteOffset, length }: Float64Array): Source {
    if (buffer === this.#assembler?.memory.buffer) return { from: 'memory', start: byteOffset / 8, length };
    const constant = this.#constants.get(buffer);
    if (constant) {
      return { from: 'constant', node: constant.node, start: (byteOffset - constant.value.byteOffset) / 8, length };
    }
    let array = this.#scratch.get(buffer);
    if (array === undefined) {
      array = this.scratch.push(buffer.byteLength / 8) - 1;
      this.#scratch.set(buffer, array);
    }
    return { from: 'scratch', array, start: byteOffset / 8, length };
  }
}
