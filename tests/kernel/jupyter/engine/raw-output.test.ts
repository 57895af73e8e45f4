import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RawOutput } from '#kernel/jupyter/engine/raw-output';

/** Asked on stdin, it writes to stdout and stderr, and then says so on descriptor 3. */
const writer = `
  const { writeSync } = require('node:fs');
  process.stdin.on('data', () => {
    writeSync(1, 'x'.repeat(60_000));
    writeSync(2, 'y'.repeat(10));
    writeSync(3, 'z');
  });
`;

function recorder() {
  const texts = { stdout: '', stderr: '' };
  const raw = new RawOutput((name, text) => {
    texts[name] += text;
  });
  return { raw, texts };
}
const bytes = (text: string) => Buffer.from(text);

describe("the engine's own stdout and stderr", () => {
  it('are passed on as they are', () => {
    const { raw, texts } = recorder();
    raw.push('stdout', bytes('before\u0000after'));
    raw.push('stderr', bytes('beside'));
    expect(texts).toEqual({ stdout: 'before\u0000after', stderr: 'beside' });
  });

  it('have said all that was written before a message came, wherever the event loop was when it was written', async () => {
    // The message is read in the same turn as the pipe, or in the turn before it: see libuv's order of a poll.
    for (const turns of [0, 1]) {
      const { raw, texts } = recorder();
      const child = spawn(process.execPath, ['-e', writer], { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
      child.stdout.on('data', (piece: Buffer) => raw.push('stdout', piece));
      child.stderr.on('data', (piece: Buffer) => raw.push('stderr', piece));
      const message = child.stdio[3] as Readable;
      for (let round = 0; round < 20; round++) {
        const told = new Promise((resolve) => message.once('data', resolve));
        child.stdin.write('x');
        await told;
        for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
        await raw.settle();
        expect(texts.stdout).toHaveLength(60_000 * (round + 1));
        expect(texts.stderr).toHaveLength(10 * (round + 1));
      }
      child.kill();
    }
  });

  it('lose what Node says of a runaway recursion of promises, and nothing around it', async () => {
    const { raw, texts } = recorder();
    const said =
      'Exception in PromiseRejectCallback:\ncell[1]:1\nasync function af() { await af() }\n       ^\n\n' +
      'RangeError: Maximum call stack size exceeded\n\n';
    raw.push('stderr', bytes(`mine\n${said}${said}also mine\n`));
    raw.push('stdout', bytes(said));
    expect(texts).toEqual({ stdout: said, stderr: 'mine\nalso mine\n' });
    for (const piece of said.split(/(?<=\n)/)) raw.push('stderr', bytes(piece));
    await raw.settle();
    expect(texts.stderr).toBe('mine\nalso mine\n');
    raw.push('stderr', bytes('Exception in PromiseRejectCallback:\nsomething else'));
    expect(texts.stderr).toBe('mine\nalso mine\n');
    await raw.settle();
    expect(texts.stderr).toContain('something else');
  });

  it('may bring letters in pieces', () => {
    const text = 'é\u0000x😀Exception in PromiseRejectCallback';
    const all = bytes(text);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: all.length }), { maxLength: 6 }), (cuts) => {
        const { raw, texts } = recorder();
        const places = [0, ...cuts.sort((a, b) => a - b), all.length];
        places.slice(1).forEach((end, i) => void raw.push('stdout', all.subarray(places[i], end)));
        expect(texts.stdout).toBe(text);
      }),
    );
  });

  it.each([
    ['\n<--- Last few GCs --->\n\n[1:0x1] 100 ms: Mark-Compact\n', undefined],
    ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n', 'out of memory'],
    ['\n#\n# Fatal error in , line 0\n# unreachable code\n', 'a fatal error inside Node'],
    ['----- Native stack trace -----\n 1: 0x1 node\n', 'a fatal error inside Node'],
    ['Waiting for the debugger to disconnect...\n', 'a fatal error inside Node'],
  ])('do not show the last words of V8: %j', (words, cause) => {
    const { raw, texts } = recorder();
    raw.push('stderr', bytes('mine\n'));
    raw.push('stderr', bytes(words));
    raw.push('stderr', bytes('----- more -----\n'));
    expect(texts.stderr.trimEnd()).toBe('mine');
    expect(raw.cause()).toBe(cause ?? 'a fatal error inside Node');
  });

  it('show text that only looks like last words on stdout', () => {
    const { raw, texts } = recorder();
    raw.push('stdout', bytes('FATAL ERROR: of my own\n'));
    expect(texts.stdout).toBe('FATAL ERROR: of my own\n');
    expect(raw.cause()).toBeUndefined();
  });
});
