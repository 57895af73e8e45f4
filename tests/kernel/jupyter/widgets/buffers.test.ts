import { describe, expect, it } from 'vitest';
import { insertBuffers, separateBuffers } from '#kernel/jupyter/widgets/buffers';

describe('binary parts of a state', () => {
  it('are taken out with their paths, and the state given stays as it was', () => {
    const state = { a: 1, image: new Uint8Array([1]), deep: { list: [0, new Float64Array([2]), 'x'] } };
    const { state: rest, paths, buffers } = separateBuffers(state);
    expect(rest).toEqual({ a: 1, deep: { list: [0, null, 'x'] } });
    expect(paths).toEqual([['image'], ['deep', 'list', 1]]);
    expect(buffers).toEqual([new Uint8Array([1]), new Float64Array([2])]);
    expect(state.image).toEqual(new Uint8Array([1]));
  });

  it('come back to their places', () => {
    const { state, paths, buffers } = separateBuffers({ a: { b: [new Uint8Array([7, 8])] }, c: new Uint8Array([9]) });
    expect(insertBuffers(state, paths, buffers as Uint8Array[])).toEqual({
      a: { b: [new Uint8Array([7, 8])] },
      c: new Uint8Array([9]),
    });
  });

  it('with paths that lead nowhere, or to a prototype, are left out', () => {
    const bytes = [1, 2, 3, 4, 5].map((n) => new Uint8Array([n]));
    const paths = [['__proto__'], ['constructor', 'prototype', 'x'], ['a', 'b', 'c'], [], 'no path'];
    expect(insertBuffers({ a: {} }, paths, bytes)).toEqual({ a: {} });
    expect(insertBuffers({ a: 1 }, undefined, bytes)).toEqual({ a: 1 });
    expect((Object.prototype as { x?: unknown }).x).toBeUndefined();
  });
});
