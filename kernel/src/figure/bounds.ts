/**
 * Hard bounds of a posterior's scalars, so that a density stops where its parameter does.
 */
import { constantBounds } from '../landscape/support.ts';
import { type AnyModel, compileModel } from '../model/index.ts';
import type { Bounds } from './density.ts';

/** Bounds by scalar name; those that depend on other parameters are no fixed place and are left out. */
export function boundsOf(model: AnyModel): Record<string, Bounds> {
  const compiled = compileModel(model);
  return Object.fromEntries(compiled.names.map((name, index) => [name, constantBounds(compiled, index)]));
}
