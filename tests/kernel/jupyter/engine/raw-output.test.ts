import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endMark } from '#kernel/jupyter/engine/protocol';
import { RawOutput } from '#kernel/jupyter/engine/raw-output';

const token = 'token';

function recorder() {
  const texts = { stdout: '', stderr: '' };
  const raw = new RawOutput(token, (name, text) => {
    texts[name] += text;
  });
  return { raw, texts };
}
const bytes = (text: string) => Buffer.from(text);

describe("the engine's own stdout and stderr", () => {
  it('are passed on, without the marks', async () => {
    const { raw, texts } = recorder();
    raw.push('stdout', bytes(`before${endMark(token, 1)}after`));
    raw.push('stderr', bytes(`${endMark(token, 1)}`));
    await raw.until(1, 10_000);
    expect(texts).toEqual({ stdout: 'beforeafter', stderr: '' });
  });

  it('say that a cell has written all once both have brought its mark', async () => {
    const { raw } = recorder();
    const order: string[] = [];
    const done = raw.until(2, 10_000).then(() => order.push('done'));
    raw.push('stdout', bytes(endMark(token, 2)));
    await Promise.resolve();
    order.push('one mark');
    raw.push('stderr', bytes(`late text${endMark(token, 2)}`));
    await done;
    expect(order).toEqual(['one mark', 'done']);
  });

  it('lose what Node says of a runaway recursion of promises, and nothing around it', () => {
    const { raw, texts } = recorder();
    const said =
      'Exception in PromiseRejectCallback:\ncell[1]:1\nasync function af() { await af() }\n       ^\n\n' +
      'RangeError: Maximum call stack size exceeded\n\n';
    raw.push('stderr', bytes(`mine\n${said}${said}also mine\n`));
    raw.push('stdout', bytes(said));
    expect(texts).toEqual({ stdout: said, stderr: 'mine\nalso mine\n' });
    for (const piece of said.split(/(?<=\n)/)) raw.push('stderr', bytes(piece));
    raw.push('stderr', bytes(`${endMark(token, 1)}`));
    expect(texts.stderr).toBe('mine\nalso mine\n');
    raw.push('stderr', bytes('Exception in PromiseRejectCallback:\nsomething else'));
    raw.push('stderr', bytes(`${endMark(token, 2)}`));
    expect(texts.stderr).toContain('something else');
  });

  it('are not waited for longer than the patience', async () => {
    const { raw } = recorder();
    await raw.until(1, 1);
    expect(raw.cause()).toBeUndefined();
  });

  it('may bring marks and letters in pieces', () => {
    const text = `é${endMark(token, 1)}x\u0000y${endMark('other', 1)}${endMark(token, 2)}😀`;
    const all = bytes(text);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: all.length }), { maxLength: 6 }), (cuts) => {
        const { raw, texts } = recorder();
        const places = [0, ...cuts.sort((a, b) => a - b), all.length];
        places.slice(1).forEach((end, i) => void raw.push('stdout', all.subarray(places[i], end)));
        expect(texts.stdout).toBe(`éx\u0000y${endMark('other', 1)}😀`);
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
