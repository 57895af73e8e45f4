import { describe, expect, it } from 'vitest';
import { elementIndex, elementNames, knownNames } from '#kernel/model/names';

describe('names of elements', () => {
  it('are 0-based and row-major', () => {
    expect(elementNames('mu', [])).toEqual(['mu']);
    expect(elementNames('theta', [3])).toEqual(['theta[0]', 'theta[1]', 'theta[2]']);
    expect(elementNames('beta', [2, 2])).toEqual(['beta[0,0]', 'beta[0,1]', 'beta[1,0]', 'beta[1,1]']);
    expect(elementNames('none', [0])).toEqual([]);
    expect(elementNames('x', [1, 1, 2])).toEqual(['x[0,0,0]', 'x[0,0,1]']);
  });

  it('the place of an element agrees with its name', () => {
    const shape = [2, 3, 2];
    const names = elementNames('a', shape);
    expect(names.map((_, i) => `a${elementIndex(i, shape)}`)).toEqual(names);
    expect(elementIndex(0, [])).toBe('');
  });
});

describe('a name that does not exist', () => {
  it('lists those that do and guesses the one meant', () => {
    expect(knownNames('mi', ['mu', 'tau'])).toBe("there are: mu, tau. Did you mean 'mu'?");
    expect(knownNames('Sigma', ['mu', 'sigma'])).toContain("Did you mean 'sigma'?");
  });

  it('guesses nothing where nothing is near', () => {
    expect(knownNames('elephant', ['mu', 'tau'])).toBe('there are: mu, tau');
    expect(knownNames('mu', [])).toBe('there is none yet');
  });
});
