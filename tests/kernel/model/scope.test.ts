import { describe, expect, it } from 'vitest';
import { makeScope } from '#kernel/model/scope';

const scope = (names: string[]) => makeScope('.observe', names, (name) => `<${name}>`) as Record<string, string>;

describe('the scope of a stage', () => {
  it('gives each name its value, by destructuring, rest and spread', () => {
    const { mu, ...rest } = scope(['mu', 'tau']);
    expect({ mu, rest }).toEqual({ mu: '<mu>', rest: { tau: '<tau>' } });
    expect({ ...scope(['a']) }).toEqual({ a: '<a>' });
    expect('mu' in scope(['mu'])).toBe(true);
    expect('nu' in scope(['mu'])).toBe(false);
  });

  it('a name that is not there is an error that lists those that are', () => {
    expect(() => scope(['mu', 'tau', 'y']).mi).toThrow(
      new ReferenceError(
        ".observe: no parameter, derived quantity or data called 'mi' in this model so far; there are: mu, tau, y. Did you mean 'mu'?",
      ),
    );
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is a name like any other', (name) => {
    expect(() => scope(['mu'])[name]).toThrow(`called '${name}'`);
    expect(scope([name])[name]).toBe(`<${name}>`);
    expect(({} as Record<string, unknown>).mu).toBeUndefined();
  });

  it('cannot be assigned to', () => {
    expect(() => {
      scope(['mu']).mu = 'other';
    }).toThrow(".observe: the names of a model cannot be assigned to ('mu')");
  });

  it('can be inspected without an error', () => {
    expect(Object.keys(scope(['mu']))).toEqual(['mu']);
    expect(String(Object.prototype.toString.call(scope(['mu'])))).toBe('[object Object]');
  });
});
