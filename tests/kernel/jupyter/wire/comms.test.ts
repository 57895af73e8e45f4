import { describe, expect, it } from 'vitest';
import { OpenComms } from '#kernel/jupyter/wire/comms';

describe('what the wire knows of comms', () => {
  it('is what was opened and has not ended, by target or all', () => {
    const open = new OpenComms();
    open.note('a', 'x');
    open.note('b', 'y');
    open.note('z');
    expect(open.information(undefined)).toEqual({ a: { target_name: 'x' }, b: { target_name: 'y' } });
    expect(open.information('y')).toEqual({ b: { target_name: 'y' } });
    open.note('a');
    expect(open.clear()).toEqual(['b']);
    expect(open.information('')).toEqual({});
  });
});
