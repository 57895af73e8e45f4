/**
 * Expressions in the user's names, for messages: `log(sigma)`, `mu + 2 * beta[0]`.
 */
import type { Attributes, Node } from './node.ts';
import { formatShape } from './shape.ts';
import type { Shape } from './types.ts';

/** What a node of either form of a graph has. */
interface Described {
  readonly operation: string;
  readonly attributes: Attributes;
  readonly shape: Shape;
  readonly name?: string | undefined;
}

/** How deep an expression is spelt out. */
const DEPTH = 3;

const symbols: Readonly<Record<string, string>> = { add: '+', sub: '-', mul: '*', div: '/', pow: '**', mod: '%' };

/** A number with six digits. */
export function shorten(x: number): string {
  return String(Number(x.toPrecision(6)));
}

/** The expression of a node in the user's names, at most a few operations deep. */
export function describe<N extends Described>(node: N, inputsOf: (node: N) => readonly N[], depth = DEPTH): string {
  if (node.name !== undefined) return node.name;
  if (node.operation === 'constant') {
    const { value } = node.attributes;
    return value!.length === 1 ? shorten(value![0]!) : `constant${formatShape(node.shape)}`;
  }
  const inputs = inputsOf(node);
  if (node.operation === 'reshape' || node.operation === 'broadcastTo') return describe(inputs[0]!, inputsOf, depth);
  if (depth === 0) return '…';
  const symbol = symbols[node.operation];
  const operands = inputs.slice(0, 3).map((inner) => {
    const text = describe(inner, inputsOf, depth - 1);
    const compound = symbol !== undefined && inner.name === undefined && symbols[inner.operation] !== undefined;
    return compound ? `(${text})` : text;
  });
  if (node.operation === 'slice') {
    const { start, end } = node.attributes;
    return `${operands[0]}[${end === start! + 1 ? start : `${start}…${end! - 1}`}]`;
  }
  if (symbol !== undefined) return operands.join(` ${symbol} `);
  return `${node.operation}(${operands.join(', ')}${inputs.length > 3 ? ', …' : ''})`;
}

/** True where a name of the user's would stand in the description. */
function mentionsName(node: Node, depth = DEPTH): boolean {
  return node.name !== undefined || (depth > 0 && node.inputs.some((input) => mentionsName(input, depth - 1)));
}

/**
 * What a message about shapes adds where the user has names: ` (mu * 2 has shape [3], y has shape [8])`; else nothing.
 */
export function shapesByName(nodes: readonly Node[]): string {
  const named = nodes.filter((node) => mentionsName(node));
  if (named.length === 0) return '';
  const parts = named
    .slice(0, 4)
    .map((node) => `${describe(node, ({ inputs }) => inputs)} has shape ${formatShape(node.shape)}`);
  return ` (${parts.join(', ')}${named.length > 4 ? ', …' : ''})`;
}
