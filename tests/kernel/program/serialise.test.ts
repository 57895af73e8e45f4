import { execFileSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { key, Stream } from '#kernel/numeric/random';
import { compile, compileLogDensity, Program } from '#kernel/program/compile';
import { constant, variable } from '#kernel/program/expression';
import { matmul, scan, segmentSum } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import { deserialise, serialise } from '#kernel/program/serialise';
import type { Expr } from '#kernel/program/types';

const stream = new Stream(key(7));
const numbers = (n: number) => Float64Array.from({ length: n }, () => stream.normal());
const x = variable('x', [5]);
const design = constant(numbers(400)).reshape(80, 5);
const codes = Array.from({ length: 80 }, () => stream.integer(5));
const states = scan((s: Expr, e: Expr) => s.mul(0.5).add(e).tanh(), x.at(0), matmul(design, x));
const total = matmul(design, x).softplus().sum().add(states.square().sum()).add(x.at(codes).lgamma().sum());
const program = compile({
  inputs: [{ name: 'x', shape: [5] }],
  outputs: [total, ...grad(total, [x]), segmentSum(states, codes, 5)],
});
const given = { x: Float64Array.of(0.3, 1.2, 0.7, 2.2, 0.1) };
const hex = (values: readonly Float64Array[]) =>
  values.map((v) => Buffer.from(v.buffer, v.byteOffset, v.byteLength).toString('hex'));

/** Loads a program from a file's text in base64 on standard input or from a message, and runs it. */
const source = (body: string) => `
  import { deserialise } from ${JSON.stringify(new URL('../../../kernel/src/program/serialise.ts', import.meta.url).href)};
  const answer = (bytes) => deserialise(bytes).run({ x: Float64Array.of(0.3, 1.2, 0.7, 2.2, 0.1) })
    .map((v) => Buffer.from(v.buffer, v.byteOffset, v.byteLength).toString('hex'));
  ${body}`;

describe('a serialised program', () => {
  it('gives the same bits here, on every back end', () => {
    const bytes = serialise(program);
    const expected = program.run(given);
    for (const backEnd of [undefined, 'webassembly', 'javascript', 'interpreter'] as const) {
      expect(deserialise(bytes, backEnd).run(given)).toEqual(expected);
    }
    expect(serialise(deserialise(bytes))).toEqual(bytes);
  });
  it('gives the same bits in another process', () => {
    const script = source(`
      import { readFileSync } from 'node:fs';
      process.stdout.write(JSON.stringify(answer(Buffer.from(readFileSync(0, 'utf8'), 'base64'))));`);
    const input = Buffer.from(serialise(program)).toString('base64');
    const found = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      input,
      encoding: 'utf8',
    });
    expect(JSON.parse(found)).toEqual(hex(program.run(given)));
  });
  it('gives the same bits in a worker', async () => {
    const script = source(`
      import { parentPort, workerData } from 'node:worker_threads';
      parentPort.postMessage(answer(workerData));`);
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`), {
      workerData: serialise(program),
    });
    const found = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    expect(found).toEqual(hex(program.run(given)));
    await worker.terminate();
  });
  it('keeps −0, NaN and ∞, in constants and inside the body of a scan', () => {
    const edges = constant([-0, Number.NaN, Infinity, -Infinity, 5e-324]);
    const body = scan((s: Expr, e: Expr) => s.mul(-0).add(e), x.at(0), edges);
    const small = compile({ inputs: [{ name: 'x', shape: [5] }], outputs: [x.mul(edges), body, x.add(-0)] });
    expect(deserialise(serialise(small)).run(given)).toEqual(small.run(given));
    const names = (p: Program) => p.graph.nodes.map(({ name }) => name);
    expect(names(deserialise(serialise(small)))).toEqual(names(small));
  });
  it('of a log density is its value and gradient', () => {
    const density = compileLogDensity({ position: x, value: x.square().sum().mul(-0.5) });
    const again = deserialise(serialise(new Program(density.graph!)));
    const gradient = new Float64Array(5);
    const value = density.valueAndGradient(given.x, gradient);
    expect(again.run(given)).toEqual([Float64Array.of(value), gradient]);
  });
  it('can stand anywhere in a larger array', () => {
    const bytes = serialise(program);
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(deserialise(larger.subarray(3)).run(given)).toEqual(program.run(given));
  });
});

describe('what is no program is refused', () => {
  const bytes = serialise(program);
  it('other bytes, another version, bytes cut short', () => {
    expect(() => deserialise(new Uint8Array(3))).toThrow(/3 bytes are no program; give what serialise/);
    expect(() => deserialise(new TextEncoder().encode('<!doctype html><html>'))).toThrow(/are no program/);
    const later = bytes.slice();
    later[4] = 9;
    expect(() => deserialise(later)).toThrow(/version 9, this library reads 1; update it/);
    expect(() => deserialise(bytes.subarray(0, 40))).toThrow(RangeError);
    expect(() => deserialise(bytes.subarray(0, bytes.length - 8))).toThrow(/cut short or damaged/);
    expect(() => deserialise(bytes.subarray(0, bytes.length - 3))).toThrow(/cut short or damaged/);
  });
  /** The same program with its text changed. */
  const changed = (from: string | RegExp, to: string) => {
    const length = new DataView(bytes.buffer).getUint32(8, true);
    const text = new TextDecoder().decode(bytes.subarray(16, 16 + length));
    expect(text).toMatch(from);
    const encoded = new TextEncoder().encode(text.replace(from, to));
    const padded = new Uint8Array(8 * Math.ceil(encoded.length / 8)).fill(0x20);
    padded.set(encoded);
    const header = bytes.slice(0, 16);
    new DataView(header.buffer).setUint32(8, padded.length, true);
    return Uint8Array.of(...header, ...padded, ...bytes.subarray(16 + length));
  };
  it('an operation this library does not have', () => {
    expect(() => deserialise(changed('"operation":"matmul"', '"operation":"hack"'))).toThrow(
      /unknown operation 'hack'/,
    );
  });
  it('nodes that read what comes later, or have a shape that is not theirs', () => {
    expect(() => deserialise(changed(/"inputs":\[1,0\]/, '"inputs":[1,99]'))).toThrow(
      /reads what is not there before it/,
    );
    expect(() => deserialise(changed(/"shape":\[80\]/, '"shape":[8000000]'))).toThrow(/has not the shape \[8000000\]/);
    expect(() => deserialise(changed(/"shape":\[80\]/, '"shape":[-1]'))).toThrow(/has no shape/);
  });
  it('arrays outside of the bytes', () => {
    expect(() => deserialise(changed(/"f64":\[0,400\]/, '"f64":[-1,400]'))).toThrow(/cut short or damaged/);
    expect(() => deserialise(changed(/"f64":\[0,400\]/, '"f64":[0,4e9]'))).toThrow(/cut short or damaged/);
  });
});
