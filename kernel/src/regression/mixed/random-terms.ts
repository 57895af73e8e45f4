/**
 * Takes the grouped terms out of a formula, `y ~ x + (x | g)`: what varies from group to group, and by what groups
 * (Bates, Mächler, Bolker & Walker 2015, section 2.1).
 */
import type { Formula, Node } from '../formula/syntax.ts';

/** One grouped term: coefficients of `terms` for each level of `group`. */
export interface RandomTerm {
  readonly terms: Node;
  readonly group: Node;
}

export interface MixedFormula {
  /** The formula without its grouped terms. */
  readonly fixed: Formula;
  readonly random: readonly RandomTerm[];
}

type Binary = Node & { readonly type: 'binary' };

function grouped(node: Node): Binary | undefined {
  const inner = node.type === 'group' ? node.inner : node;
  return inner.type === 'binary' && (inner.operator === '|' || inner.operator === '||') ? inner : undefined;
}

/** The parts of a sum, in order. */
function summands(node: Node): Node[] {
  if (node.type === 'binary' && node.operator === '+') return [...summands(node.left), ...summands(node.right)];
  return [node];
}

const constant = (value: number, { start, end }: Node): Node => ({ type: 'number', value, start, end });

const sum = (left: Node, right: Node): Node => ({
  type: 'binary',
  operator: '+',
  left,
  right,
  start: left.start,
  end: right.end,
});

/** `a/b` → a and a:b; anything else is one grouping. */
function groupings(node: Node): Node[] {
  const inner = node.type === 'group' ? node.inner : node;
  if (inner.type === 'binary' && inner.operator === '/') {
    const outer = groupings(inner.left);
    return [...outer, { ...inner, operator: ':', left: outer.at(-1)!, right: inner.right }];
  }
  return [inner];
}

/** `(x + z || g)` → (1 | g), (0 + x | g), (0 + z | g): coefficients that do not vary together. */
function apart(terms: Node): Node[] {
  const parts = summands(terms);
  const none = parts.some((part) => part.type === 'number' && part.value === 0);
  const slopes = parts.filter((part) => part.type !== 'number').map((part): Node => sum(constant(0, part), part));
  return none ? slopes : [constant(1, terms), ...slopes];
}

/**
 * Split a formula into its fixed and its grouped terms, of which there may be none.
 *
 * @example splitFormula(parseFormula('y ~ x + (x | g)')).random.length // 1
 */
export function splitFormula(formula: Formula): MixedFormula {
  const random: RandomTerm[] = [];
  const fixed: Node[] = [];
  for (const part of summands(formula.terms)) {
    const bar = grouped(part);
    if (!bar) {
      fixed.push(part);
      continue;
    }
    for (const group of groupings(bar.right)) {
      const blocks = bar.operator === '||' ? apart(bar.left) : [bar.left];
      random.push(...blocks.map((terms) => ({ terms, group })));
    }
  }
  const [first = constant(1, formula.terms), ...others] = fixed;
  return { fixed: { ...formula, terms: others.reduce(sum, first) }, random };
}
