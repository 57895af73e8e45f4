/**
 * Running a net's layers on traced expressions: what each layer asks its scope for, and what is found on the way.
 */
import type { Expr, ProgramState, Shape } from '../program/index.ts';
import { dropout, isExpression, randomUniform, variable } from '../program/index.ts';
import { type Inventory, join } from './paths.ts';
import type { AnyLayer, Scope, Value } from './types.ts';

/** The name of the random key among the inputs of a step. Names of parameters hold no `@`. */
export const KEY = '@key';

/** A layer's call: where, what it gave. */
export interface Visit {
  readonly path: string;
  readonly layer: AnyLayer;
  readonly output: Value;
}

/** What a run of the layers found. */
export interface Trace {
  readonly output: Value;
  /** New values of buffers, by first path. */
  readonly updates: Readonly<Record<string, Expr>>;
  /** What layers add to the loss. */
  readonly losses: readonly { readonly name: string; readonly value: Expr }[];
  /** The input to feed with a random key, where random numbers are used. */
  readonly key: Expr | undefined;
  /** Calls in the order they ended. */
  readonly visits: readonly Visit[];
}

/** Errors that name their layer already. */
const located = new WeakSet<Error>();

/** Run the outermost layer. @throws RangeError with the path of the layer whose sizes do not fit */
export function runLayers(
  inventory: Inventory,
  state: ProgramState,
  inputs: readonly unknown[],
  { training, batchSize }: { readonly training: boolean; readonly batchSize: number },
): Trace {
  const updates: Record<string, Expr> = {};
  const losses: { name: string; value: Expr }[] = [];
  const visits: Visit[] = [];
  let key: Expr | undefined;
  let stream = 0;
  const keyed = (): Expr => {
    key ??= variable(KEY, [4], 'integer');
    return key;
  };
  const hold = (path: string, name: string): Expr => {
    const canonical = inventory.canonical.get(join(path, name));
    if (canonical === undefined) throw new RangeError(`the layer has no '${name}'; declare it in its parameters`);
    return updates[canonical] ?? state.variable(canonical);
  };
  const run = (path: string, layer: AnyLayer, given: readonly unknown[]): Value => {
    const scope: Scope = {
      path,
      training,
      batchSize,
      parameter: (name) => hold(path, name),
      buffer: (name) => hold(path, name),
      update(name, value) {
        const canonical = inventory.canonical.get(join(path, name));
        if (canonical === undefined) throw new RangeError(`the layer has no buffer '${name}'; declare it`);
        if (training) updates[canonical] = value;
      },
      call<Out extends Value = Expr>(child: string, ...more: readonly unknown[]): Out {
        const inner = layer.children[child];
        if (inner === undefined) {
          const names = Object.keys(layer.children).join(', ') || 'none';
          throw new RangeError(`there is no child '${child}'; it has ${names}`);
        }
        return run(join(path, child), inner, more) as Out;
      },
      random: (shape: Shape) => randomUniform(keyed(), shape, stream++),
      dropout: (x, rate) => (training && rate > 0 ? dropout(x, rate, keyed(), stream++) : x),
      addLoss(name, value) {
        losses.push({ name: join(path, name), value });
      },
    };
    try {
      const output = layer.apply(scope, ...given);
      visits.push({ path, layer, output });
      return output;
    } catch (error) {
      throw locate(error, path, layer);
    }
  };
  const output = run('', inventory.layers.get('')!, inputs);
  return { output, updates, losses, key, visits };
}

/** The error with the layer's path before it, the innermost. */
function locate(error: unknown, path: string, layer: AnyLayer): unknown {
  if (!(error instanceof RangeError || error instanceof TypeError) || located.has(error)) return error;
  const place = path === '' ? `the net (${layer.kind})` : `layer '${path}' (${layer.kind})`;
  const Kind = error instanceof RangeError ? RangeError : TypeError;
  const placed = new Kind(`${place}: ${error.message}`, { cause: error });
  located.add(placed);
  return placed;
}

/** Every expression of a value, by the place it has in it: `''`, `'hidden'`, `'0'`. */
export function leavesOf(value: Value, path = ''): { readonly path: string; readonly value: Expr }[] {
  if (isExpression(value)) return [{ path, value }];
  return Object.entries(value as Readonly<Record<string, Value>>).flatMap(([name, inner]) =>
    leavesOf(inner, join(path, name)),
  );
}
