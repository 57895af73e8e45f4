/** Values that are known while a model is traced: constants of the graph. */
import { asExpression, broadcastTo, compile, constant } from '../program/index.ts';
import type { Node } from '../program/node.ts';
import { broadcastShapes, sizeOf } from '../program/shape.ts';
import type { Arg, Expr, Shape } from '../program/types.ts';

/** The elements of an argument, row-major, when they are known now. */
export function knownValues(arg: Arg): Float64Array | undefined {
  return valuesOf(asExpression(arg).node);
}

function valuesOf(node: Node): Float64Array | undefined {
  if (node.operation === 'constant') return node.attributes.value;
  if (node.operation !== 'broadcastTo') return undefined;
  const value = valuesOf(node.inputs[0]!);
  return value && stretch(value, node.inputs[0]!.shape, node.shape);
}

/** Elements of an array of shape `from`, repeated to shape `to` by NumPy's rule. */
export function stretch(value: ArrayLike<number>, from: Shape, to: Shape): Float64Array<ArrayBuffer> {
  const out = new Float64Array(sizeOf(to));
  if (value.length === 1) return out.fill(value[0]!);
  const lead = to.length - from.length;
  for (let i = 0; i < out.length; i++) {
    let rest = i;
    let at = 0;
    let stride = 1;
    for (let d = to.length - 1; d >= lead; d--) {
      const position = rest % to[d]!;
      rest = Math.floor(rest / to[d]!);
      const n = from[d - lead]!;
      if (n !== 1) at += position * stride;
      stride *= n;
    }
    out[i] = value[at]!;
  }
  return out;
}

/** An array of known numbers as an expression of this shape. */
function knownExpression(values: Float64Array, shape: Shape): Expr {
  if (shape.length === 0) return constant(values[0]!) as Expr;
  if (values.length > 0 && values.every((v) => Object.is(v, values[0]))) return broadcastTo(values[0]!, shape);
  return constant(values).reshape(...shape);
}

/**
 * A function of known numbers, elementwise with broadcasting; undefined when an argument is traced. For constants
 * that plain numbers give more accurately than a graph does.
 */
export function ofKnown(f: (...values: number[]) => number, ...args: Expr[]): Expr | undefined {
  const values = args.map(knownValues);
  if (values.includes(undefined)) return undefined;
  const shape = broadcastShapes(
    'broadcast',
    args.map((arg) => arg.shape),
  );
  const columns = values.map((value, i) => stretch(value!, args[i]!.shape, shape));
  const out = new Float64Array(sizeOf(shape));
  for (let i = 0; i < out.length; i++) out[i] = f(...columns.map((column) => column[i]!));
  return knownExpression(out, shape);
}

/** Whether an input of the program is somewhere below. */
function isTraced(node: Node, seen: Set<Node>): boolean {
  if (node.operation === 'input') return true;
  if (seen.has(node)) return false;
  seen.add(node);
  return node.inputs.some((input) => isTraced(input, seen));
}

/** An expression that depends on nothing, computed; any other as it is. */
export function settled(expression: Expr): Expr {
  const { node } = asExpression(expression);
  if (node.operation === 'constant' || isTraced(node, new Set())) return expression;
  return knownExpression(
    compile({ inputs: [], outputs: [expression] })
      .run({})[0]!
      .slice(),
    node.shape,
  );
}
