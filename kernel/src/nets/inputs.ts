/**
 * What a net takes: one array an example, or several by name.
 */
import type { Expr, Shape } from '../program/index.ts';
import { variable } from '../program/index.ts';
import type { AnyLayer, InputSpec } from './types.ts';

/** Sizes of one example: `[64]`; with `integer: true` for tokens; or several of these by name. */
export type InputOption = Shape | InputSpec | { readonly [name: string]: Shape | InputSpec };

/** One input of a net. `name` is that of its variable: `@x`, or `@x.source`. */
export interface NamedInput {
  readonly name: string;
  /** What users call it; empty where there is only one. */
  readonly key: string;
  readonly shape: Shape;
  readonly integer: boolean;
}

/** Read the option. @throws RangeError for sizes that are none */
export function readInputs(option: InputOption, root: AnyLayer): NamedInput[] {
  if (isSpec(option)) return [named('', option, root)];
  return Object.entries(option).map(([key, spec]) => named(key, spec, root));
}

function isSpec(option: InputOption): option is Shape | InputSpec {
  return Array.isArray(option) || isSizes((option as InputSpec).shape);
}

function isSizes(x: unknown): x is Shape {
  return Array.isArray(x) && x.every((n) => typeof n === 'number');
}

function named(key: string, spec: Shape | InputSpec, root: AnyLayer): NamedInput {
  const { shape, integer } = Array.isArray(spec) ? { shape: spec as Shape, integer: undefined } : (spec as InputSpec);
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 1)) {
    throw new RangeError(`network: input sizes must be whole numbers of 1 or more, got [${shape.join(', ')}]`);
  }
  return {
    name: key === '' ? '@x' : `@x.${key}`,
    key,
    shape,
    integer: integer ?? (key === '' && root.integerInput === true),
  };
}

/** The variables of a batch, and what the outermost layer is given. */
export function inputVariables(inputs: readonly NamedInput[], batchSize: number) {
  const variables = inputs.map(({ name, shape, integer }) =>
    variable(name, [batchSize, ...shape], integer ? 'integer' : 'real'),
  ) as Expr[];
  const given =
    inputs.length === 1 && inputs[0]!.key === ''
      ? variables[0]!
      : Object.fromEntries(inputs.map(({ key }, i) => [key, variables[i]!]));
  return { variables, given };
}
