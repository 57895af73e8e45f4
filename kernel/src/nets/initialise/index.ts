/**
 * Initialisers under one name, for some are called like distributions.
 */
import type { Distribution } from '../../distributions/index.ts';
import { sizeOf } from '../../program/shape.ts';
import type { Initialiser } from '../types.ts';
import * as schemes from './schemes.ts';

const { gainOf: _gainOf, ...all } = schemes;

/**
 * Ways to start parameters: `zeros`, `ones`, `constant`, `uniform`, `normal`, `truncatedNormal`, `xavierUniform`,
 * `xavierNormal`, `heUniform`, `heNormal`, `lecunUniform`, `lecunNormal`, `orthogonal`, `identity`, `residualScaled`.
 *
 * @example net.initialise(initialisers.heNormal({ nonlinearity: 'relu' }), 'encoder.*');
 */
export const initialisers = all;

/** What says how parameters start: an initialiser, a number for all elements, or a distribution to draw them from. */
export type Scheme = Initialiser | number | Distribution;

/** The initialiser of a scheme. @throws TypeError for anything else */
export function asInitialiser(scheme: Scheme): Initialiser {
  if (typeof scheme === 'number') return schemes.constant(scheme);
  if (typeof scheme === 'object' && scheme !== null && 'values' in scheme) return scheme;
  if (typeof scheme === 'object' && scheme !== null && 'family' in scheme) {
    return {
      name: scheme.family.name,
      options: {},
      values: ({ shape, stream }) => {
        const sized = scheme.shape.length === 0 ? scheme.size(sizeOf(shape)) : scheme;
        const drawn = sized.sample(stream);
        if (drawn.length === sizeOf(shape)) return drawn;
        throw new RangeError(
          `initialise: the distribution gives ${drawn.length} numbers where ${sizeOf(shape)} are wanted`,
        );
      },
    };
  }
  throw new TypeError(
    'initialise: expected an initialiser such as initialisers.heNormal(), a number, or a distribution such as normal(0, 0.02)',
  );
}
