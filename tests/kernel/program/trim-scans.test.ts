/**
 * Scans are trimmed to what is read of them, and give what they gave: each program here runs with and without.
 */
import { describe, expect, it } from 'vitest';
import { nodeOf } from '#kernel/program/arguments';
import { Program } from '#kernel/program/compile';
import { apply, variable } from '#kernel/program/expression';
import { scan } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import { closeGraph } from '#kernel/program/graph';
import type { Graph } from '#kernel/program/node';
import { mergeScans } from '#kernel/program/optimise/merge';
import { trimScans } from '#kernel/program/optimise/trim-scans';
import type { Expr } from '#kernel/program/types';

const [STEPS, WIDTH] = [6, 3];
const inputs = [
  { name: 'x', shape: [STEPS, WIDTH] },
  { name: 'h', shape: [WIDTH] },
  { name: 'w', shape: [WIDTH, WIDTH] },
];
const x = variable('x', [STEPS, WIDTH]);
const h = variable('h', [WIDTH]);
const w = variable('w', [WIDTH, WIDTH]);

/** A scan over x from h whose step emits these; the parts of its flat result. */
function emitting(step: (state: Expr, element: Expr) => readonly Expr[]): { flat: Expr; part(at: number): Expr } {
  const [state, element] = [variable('0', [WIDTH]), variable('1', [WIDTH])];
  const outputs = step(state, element);
  const given = [0, 1].map((i) => ({ name: `${i}`, shape: [WIDTH] }));
  const body = closeGraph(outputs.map(nodeOf), given);
  const flat = apply('scan', [h, x], { body, carries: 1, sequences: 1, length: STEPS, reverse: false });
  return {
    flat,
    part(at) {
      const start = WIDTH + at * STEPS * WIDTH;
      return apply('slice', [flat], { start, end: start + STEPS * WIDTH });
    },
  };
}

const wave = (size: number, phase: number) => Float64Array.from({ length: size }, (_, i) => Math.sin(1.3 * i + phase));
const values = { x: wave(STEPS * WIDTH, 0.2), h: wave(WIDTH, 1), w: wave(WIDTH * WIDTH, 2) };

function graphOf(outputs: readonly Expr[]): Graph {
  return mergeScans(closeGraph(outputs.map(nodeOf), inputs));
}

const scansIn = ({ nodes }: Graph) => nodes.filter(({ operation }) => operation === 'scan');

/** Both graphs run alike. @returns the scans of the trimmed one */
function trimmed(outputs: readonly Expr[]) {
  const before = graphOf(outputs);
  const after = trimScans(before);
  expect(new Program(after).run(values)).toEqual(new Program(before).run(values));
  return { before: scansIn(before), after: scansIn(after), same: after === before };
}

describe('a scan', () => {
  it('that emits a value twice emits it once', () => {
    const run = emitting((state, element) => {
      const next = state.mul(0.5).add(element);
      return [next, next, next, next.square()];
    });
    const { after } = trimmed([run.part(0).sum(), run.part(1).mul(2), run.part(2)]);
    expect(after[0]!.attributes.body!.outputs).toHaveLength(3);
    expect(after[0]!.shape).toEqual([WIDTH + 2 * STEPS * WIDTH]);
  });
  it('does not emit what came in as a sequence', () => {
    const run = emitting((state, element) => [state.add(element), element, state]);
    const { after } = trimmed([run.part(0).mul(3), run.part(1)]);
    expect(after[0]!.attributes.body!.outputs).toHaveLength(2);
  });
  it('does not emit what nobody reads, and does not ask for what it then does not need', () => {
    const run = emitting((state, element) => [state.mul(0.5), state.exp(), element.exp()]);
    const { after } = trimmed([run.part(0)]);
    expect(after[0]!.attributes.body!.outputs).toHaveLength(2);
    expect(after[0]!.attributes.sequences).toBe(0);
    expect(after[0]!.inputs).toHaveLength(1);
  });
  it('is left as it is where all is read', () => {
    const run = emitting((state, element) => [state.add(element), state.exp()]);
    expect(trimmed([run.part(0), apply('slice', [run.flat], { start: 0, end: WIDTH })]).same).toBe(true);
  });
  it('is left as it is where it is read as a whole, or across its parts', () => {
    const run = emitting((state, element) => [state.add(element), state.exp(), state.exp()]);
    expect(trimmed([run.flat]).same).toBe(true);
    const across = apply('slice', [run.flat], { start: 1, end: WIDTH + 4 });
    expect(trimmed([across.exp(), run.part(0)]).same).toBe(true);
  });
  it('is trimmed through slices of slices, the middle of a part included', () => {
    const run = emitting((state, element) => [state.add(element), state.exp(), state.exp(), element.cos()]);
    const most = apply('slice', [run.flat], { start: 0, end: WIDTH + 2 * STEPS * WIDTH });
    const inside = apply('slice', [most], {
      start: WIDTH + STEPS * WIDTH + 2,
      end: WIDTH + STEPS * WIDTH + 7,
    });
    const { after } = trimmed([inside.mul(2), run.part(2)]);
    expect(after[0]!.attributes.body!.outputs).toHaveLength(3);
  });
  it('and its reverse sweep emit no value twice', () => {
    const step = (state: Expr, a: Expr, b: Expr) => state.matmul(w).add(a).add(b).tanh();
    const states = scan(step, h, x, x.exp());
    const loss = states.square().sum();
    const { before, after } = trimmed([loss, ...grad(loss, [x, h, w])]);
    expect(after).toHaveLength(before.length);
    const emitted = ({ attributes: { body, carries } }: (typeof after)[number]) => body!.outputs.slice(carries);
    for (const node of after) expect(new Set(emitted(node)).size).toBe(emitted(node).length);
    const count = (nodes: typeof after) => nodes.reduce((total, node) => total + emitted(node).length, 0);
    expect(count(after)).toBeLessThan(count(before));
  });
});
