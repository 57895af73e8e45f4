import { describe, expect, it } from 'vitest';
import { OpenComms } from '#kernel/jupyter/wire/comms';

describe('what the wire knows of comms', () => {
  it('is what was opened and not closed, by target or all', () => {
    const open = new OpenComms();
    open.note('comm_open', { comm_id: 'a', target_name: 'x' });
    open.note('comm_open', { comm_id: 'b', target_name: 'y' });
    open.note('comm_msg', { comm_id: 'z' });
    expect(open.information(undefined)).toEqual({ a: { target_name: 'x' }, b: { target_name: 'y' } });
    expect(open.information('y')).toEqual({ b: { target_name: 'y' } });
    open.note('comm_close', { comm_id: 'a' });
    expect(open.clear()).toEqual(['b']);
    expect(open.information('')).toEqual({});
  });

  it('keeps the first target of an id', () => {
    const open = new OpenComms();
    open.note('comm_open', { comm_id: 'a', target_name: 'x' });
    open.note('comm_open', { comm_id: 'a', target_name: 'y' });
    expect(open.information(undefined)).toEqual({ a: { target_name: 'x' } });
  });
});
