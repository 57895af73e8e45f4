/**
 * Scans without what nobody needs: values that are emitted twice, that are an element of a sequence that came in, or
 * that are not read; and inputs that the step does not read. Reverse mode asks for what it needs, and is given some of
 * it twice.
 */
import type { Attributes, Graph, GraphNode } from '../node.ts';
import { sizeOf } from '../shape.ts';
import { prune } from './prune.ts';

/** Elements from `start` to before `end` of a scan's flat result. */
interface Part {
  readonly scan: number;
  readonly start: number;
  readonly end: number;
}

/** Where a part is to be read: in what is left of the result, or in a sequence that came in. */
interface Found {
  readonly start: number;
  readonly sequence?: number;
}

interface Trim {
  readonly attributes: Attributes;
  readonly inputs: readonly number[];
  readonly size: number;
  find(part: Part): Found;
}

/** The same graph with scans trimmed; the graph itself where there is nothing to trim. */
export function trimScans(graph: Graph): Graph {
  const parts = partsOf(graph);
  const trims = new Map<number, Trim>();
  graph.nodes.forEach((node, at) => {
    const trim = node.operation === 'scan' ? trimOf(graph, at, parts) : undefined;
    if (trim) trims.set(at, trim);
  });
  if (trims.size === 0) return graph;
  const nodes: GraphNode[] = [];
  const moved: number[] = [];
  const push = (node: GraphNode): number => nodes.push(node) - 1;
  graph.nodes.forEach((node, at) => {
    const own = trims.get(at);
    const part = parts.get(at);
    const trim = part && trims.get(part.scan);
    if (own) {
      const { attributes, inputs, size } = own;
      moved.push(push({ operation: 'scan', attributes, shape: [size], inputs: inputs.map((input) => moved[input]!) }));
    } else if (trim && isRead(graph, at, parts)) {
      const { start, sequence } = trim.find(part);
      const source = sequence === undefined ? moved[part.scan]! : push(flat(graph, sequence, moved));
      moved.push(push({ ...node, inputs: [source], attributes: { start, end: start + part.end - part.start } }));
    } else if (trim) moved.push(-1);
    else moved.push(push({ ...node, inputs: node.inputs.map((input) => moved[input]!) }));
  });
  return prune({
    nodes,
    inputs: graph.inputs.map((input) => ({ ...input, node: moved[input.node]! })),
    outputs: graph.outputs.map((output) => moved[output]!),
  });
}

/** An array as a row. */
function flat(graph: Graph, at: number, moved: readonly number[]): GraphNode {
  const size = sizeOf(graph.nodes[at]!.shape);
  return { operation: 'reshape', inputs: [moved[at]!], attributes: { sizes: [size] }, shape: [size] };
}

/** Slices of scans, slices of slices included. */
function partsOf({ nodes }: Graph): Map<number, Part> {
  const parts = new Map<number, Part>();
  nodes.forEach(({ operation, inputs, attributes: { start = 0, end = 0 } }, at) => {
    if (operation !== 'slice') return;
    const source = inputs[0]!;
    const outer = parts.get(source);
    if (outer) parts.set(at, { scan: outer.scan, start: outer.start + start, end: outer.start + end });
    else if (nodes[source]!.operation === 'scan') parts.set(at, { scan: source, start, end });
  });
  return parts;
}

/** True when something beside slices reads a node. */
function isRead({ nodes, outputs }: Graph, at: number, parts: ReadonlyMap<number, Part>): boolean {
  return outputs.includes(at) || nodes.some(({ inputs }, user) => inputs.includes(at) && !parts.has(user));
}

/** How a scan is trimmed; undefined where there is nothing to trim, or where it is read across its parts. */
function trimOf(graph: Graph, at: number, parts: ReadonlyMap<number, Part>): Trim | undefined {
  const { inputs, attributes } = graph.nodes[at]!;
  const { body, carries = 0, sequences = 0, length = 0 } = attributes;
  if (isRead(graph, at, parts)) return undefined;
  const sizes = body!.outputs.map((node, i) => sizeOf(body!.nodes[node]!.shape) * (i < carries ? 1 : length));
  const starts = startsOf(sizes);
  const placeOf = ({ start, end }: Part) =>
    sizes.findIndex((size, i) => starts[i]! <= start && end <= starts[i]! + size);
  const read = [...parts].filter(([slice, { scan }]) => scan === at && isRead(graph, slice, parts));
  const places = read.map(([, part]) => placeOf(part));
  if (places.includes(-1)) return undefined;
  const given = body!.inputs.map(({ node }) => node);
  const sequenceOf = (output: number) => {
    const input = output < carries ? -1 : given.indexOf(body!.outputs[output]!);
    return input >= carries && input < carries + sequences ? input : -1;
  };
  /** The first output that is emitted with the same value. */
  const first = (output: number) =>
    output < carries ? output : body!.outputs.indexOf(body!.outputs[output]!, carries);
  const wanted = new Set(places.filter((place) => sequenceOf(place) < 0).map(first));
  const kept = sizes.flatMap((_, i) => (i < carries || wanted.has(i) ? [i] : []));
  const outputs = kept.map((i) => body!.outputs[i]!);
  const live = liveIn(body!, outputs);
  const used = given.flatMap((node, i) => (i < carries || live.has(node) ? [i] : []));
  if (kept.length === sizes.length && used.length === given.length) return undefined;
  const now = startsOf(kept.map((i) => sizes[i]!));
  return {
    attributes: {
      ...attributes,
      body: prune({ ...body!, outputs, inputs: used.map((i) => body!.inputs[i]!) }),
      sequences: used.filter((i) => i >= carries && i < carries + sequences).length,
    },
    inputs: used.map((i) => inputs[i]!),
    size: kept.reduce((total, i) => total + sizes[i]!, 0),
    find(part) {
      const place = placeOf(part);
      const inside = part.start - starts[place]!;
      const input = sequenceOf(place);
      if (input >= 0) return { sequence: inputs[input]!, start: inside };
      return { start: now[kept.indexOf(first(place))]! + inside };
    },
  };
}

/** Where blocks of these sizes start that follow one another. [2, 3, 1] → [0, 2, 5] */
function startsOf(sizes: readonly number[]): number[] {
  let at = 0;
  return sizes.map((size) => {
    at += size;
    return at - size;
  });
}

function liveIn({ nodes }: Graph, outputs: readonly number[]): Set<number> {
  const live = new Set(outputs);
  for (let at = nodes.length - 1; at >= 0; at--) {
    if (live.has(at)) for (const input of nodes[at]!.inputs) live.add(input);
  }
  return live;
}
