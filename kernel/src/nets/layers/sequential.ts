/**
 * Layers one after another.
 */
import type { Expr } from '../../program/index.ts';
import type { AnyLayer, Layer, Value } from '../types.ts';
import { defineLayer } from './layer.ts';

/** What the last of several layers gives; of a list of unknown length, one expression. */
type LastOut<L extends readonly AnyLayer[]> = number extends L['length']
  ? Expr
  : L extends readonly [...AnyLayer[], Layer<infer Out, infer _>]
    ? Out
    : Value;

/** Each layer takes what the one before gives; paths are `0.weight`, `1.weight`, …, or begin with the names given. */
export function sequential<const L extends readonly AnyLayer[]>(...layers: L): Layer<LastOut<L>>;
export function sequential<Out extends Value = Expr>(layers: Readonly<Record<string, AnyLayer>>): Layer<Out>;
/**
 * Layers one after another, as torch.nn.Sequential.
 *
 * @param given layers, or an object of layers by name
 * @throws RangeError without any
 * @example sequential(linear(64, 128), relu(), linear(128, 10)); // paths '0.weight', '2.weight'
 * @example sequential({ encoder: linear(64, 8), decoder: linear(8, 64) }); // paths 'encoder.weight'
 */
export function sequential(...given: readonly unknown[]): Layer<Value> {
  const byName = given.length === 1 && !isLayer(given[0]) ? (given[0] as Readonly<Record<string, AnyLayer>>) : given;
  const children = Object.fromEntries(Object.entries(byName as Readonly<Record<string, AnyLayer>>));
  const names = Object.keys(children);
  if (names.length === 0) throw new RangeError('sequential: expected at least one layer, got none');
  for (const name of names) {
    if (!isLayer(children[name])) {
      throw new TypeError(`sequential: '${name}' is no layer; give layers such as linear(64, 10) and relu()`);
    }
  }
  return defineLayer({
    kind: 'sequential',
    children,
    integerInput: children[names[0]!]!.integerInput === true,
    apply: (scope, x: Value): Value => names.reduce<Value>((value, name) => scope.call<Value>(name, value), x),
  }) as Layer<Value>;
}

/** Whether something is a layer. */
function isLayer(x: unknown): x is AnyLayer {
  return typeof x === 'object' && x !== null && typeof (x as AnyLayer).apply === 'function' && 'kind' in x;
}
