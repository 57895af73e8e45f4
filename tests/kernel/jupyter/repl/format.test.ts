import { describe, expect, it } from 'vitest';
import { bundleOf, encodeBundle, plainText } from '#kernel/jupyter/repl/format';

const display = Symbol.for('Jupyter.display');

describe('plain text', () => {
  it('is that of Node’s inspection', () => {
    expect(plainText({ a: [1, 'b'] })).toBe("{ a: [ 1, 'b' ] }");
    expect(plainText('text')).toBe("'text'");
  });

  it('is cut for long arrays, texts and objects, with a note', () => {
    expect(plainText(new Float64Array(1e6))).toMatch(/more items/);
    expect(plainText('x'.repeat(1e6))).toMatch(/more characters/);
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`key${i}`, i]));
    expect(plainText(wide)).toMatch(/… cut: \d+ more characters$/);
    expect(plainText(wide).length).toBeLessThan(60_000);
  });

  it('survives values that cannot be inspected', () => {
    const hostile = {
      [Symbol.for('nodejs.util.inspect.custom')]() {
        throw new Error('no');
      },
    };
    expect(plainText(hostile)).toBe('[cannot be shown: no]');
  });
});

describe('a bundle', () => {
  it('is plain text for a value without a hook', () => {
    expect(bundleOf(5)).toEqual({ 'text/plain': '5' });
    expect(bundleOf(null)).toEqual({ 'text/plain': 'null' });
  });

  it('is what the hook gives, with plain text beside it', () => {
    const value = { x: 1, [display]: () => ({ 'text/html': '<b>' }) };
    expect(bundleOf(value)).toMatchObject({ 'text/html': '<b>', 'text/plain': expect.stringContaining('x: 1') });
    expect(bundleOf({ [display]: () => ({ 'text/plain': 'own' }) })).toEqual({ 'text/plain': 'own' });
  });

  it('may be promised', async () => {
    expect(await bundleOf({ [display]: async () => ({ 'text/plain': 'later' }) })).toEqual({ 'text/plain': 'later' });
    await expect(bundleOf({ [display]: async () => 5 })).rejects.toThrow('must give an object of media types');
  });

  it('comes from the hook with the value as this', () => {
    class Drawn {
      name = 'me';
      [display]() {
        return { 'text/plain': this.name };
      }
    }
    expect(bundleOf(new Drawn())).toEqual({ 'text/plain': 'me' });
  });

  it.each([5, 'text', null, undefined, [1]])('is not %j', (made) => {
    expect(() => bundleOf({ [display]: () => made })).toThrow(TypeError);
  });

  it('ignores a hook that is no function', () => {
    expect(bundleOf({ [display]: 5 })).toMatchObject({ 'text/plain': expect.any(String) });
  });

  it('has bytes as base64 and nothing undefined', () => {
    const bundle = encodeBundle({ 'image/png': Uint8Array.of(1, 2), 'text/html': undefined }, () => 'text');
    expect(bundle).toEqual({ 'image/png': 'AQI=', 'text/plain': 'text' });
  });
});
