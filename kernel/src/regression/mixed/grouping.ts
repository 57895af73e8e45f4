/**
 * The grouping factor of a term such as `(x | school:class)` on a data set, as a label a row.
 */
import { type Data, evaluate } from '../formula/evaluate.ts';
import { FormulaError, type Node, print } from '../formula/syntax.ts';

/** Which group each row belongs to: a factor, its levels those that occur, in the order of R. */
export interface Grouping {
  readonly label: string;
  readonly levels: readonly string[]; // (L,)
  readonly codes: Int32Array; // (n,)
}

/** The groups of the rows by name: of `a:b` both names, joined by a colon. */
export function groupLabels(node: Node, formula: string, data: Data, rows: readonly number[]): Grouping {
  if (node.type === 'group') return groupLabels(node.inner, formula, data, rows);
  if (node.type === 'binary' && node.operator === ':') {
    const [left, right] = [groupLabels(node.left, formula, data, rows), groupLabels(node.right, formula, data, rows)];
    const pairs = rows.map((_, i) => left.codes[i]! * right.levels.length + right.codes[i]!);
    const used = [...new Set(pairs)].sort((a, b) => a - b);
    const place = new Map(used.map((pair, k) => [pair, k]));
    return {
      label: `${left.label}:${right.label}`,
      levels: used.map((pair) => {
        const [a, b] = [Math.floor(pair / right.levels.length), pair % right.levels.length];
        return `${left.levels[a]}:${right.levels[b]}`;
      }),
      codes: Int32Array.from(pairs, (pair) => place.get(pair)!),
    };
  }
  if (node.type !== 'name' && node.type !== 'call') {
    throw new FormulaError(formula, node.start, `expected a factor to group by, got '${print(node)}'`);
  }
  const scope = { formula, data, rows, finite: new Set<unknown>(), memory: new Map<string, unknown>(), fitting: true };
  const plain = evaluate(node, scope);
  const { start, end } = node;
  const value =
    plain.kind === 'factor'
      ? plain
      : evaluate({ type: 'call', name: 'factor', arguments: [{ value: node }], start, end }, scope);
  if (value.kind !== 'factor') {
    throw new FormulaError(formula, start, `expected a factor to group by, got a ${value.kind}`);
  }
  return { label: print(node), levels: value.levels, codes: value.codes };
}
