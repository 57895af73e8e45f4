/**
 * Expands the right side of a formula into terms: `a * b` is a + b + a:b, `(a + b + c)^2` all pairs, `a / b` is
 * a + a:b, `-` takes terms out (Chambers & Hastie 1992, Statistical Models in S, section 2.4; the order and coding of
 * the terms as in R's terms.formula).
 */
import { type Formula, FormulaError, type Node, namesIn, print } from './syntax.ts';

/** What a term is made of: a column, or an expression of columns. */
export interface Variable {
  readonly label: string;
  readonly node: Node;
}

/** A product of variables. */
export interface Term {
  readonly label: string;
  /** Positions among the variables, ascending. */
  readonly variables: readonly number[];
  /** For each: whether a factor stands by contrasts, or by one column a level. */
  readonly coding: readonly ('contrasts' | 'levels')[];
}

export interface Terms {
  readonly intercept: boolean;
  readonly variables: readonly Variable[];
  readonly terms: readonly Term[];
  readonly offsets: readonly Variable[];
}

type Product = readonly number[];

class Expansion {
  readonly variables: Variable[] = [];
  readonly offsets: Variable[] = [];
  intercept = true;
  private readonly formula: Formula;
  private readonly others: readonly string[];

  constructor(formula: Formula, others: readonly string[]) {
    this.formula = formula;
    this.others = others;
  }

  private fail(node: Node, what: string): never {
    throw new FormulaError(this.formula.text, node.start, what);
  }

  private variable(node: Node): Product {
    const label = print(node);
    const known = this.variables.findIndex((variable) => variable.label === label);
    return [known >= 0 ? known : this.variables.push({ label, node }) - 1];
  }

  expand(node: Node): Product[] {
    switch (node.type) {
      case 'group':
        return this.expand(node.inner);
      case 'name':
        if (node.name !== '.') return [this.variable(node)];
        return this.others.map((name) => this.variable({ type: 'name', name, start: node.start, end: node.end }));
      case 'call':
        if (node.name !== 'offset') return [this.variable(node)];
        if (node.arguments.length !== 1) this.fail(node, 'expected one argument in offset(…)');
        this.offsets.push({ label: print(node), node: node.arguments[0]!.value });
        return [];
      case 'number':
        return this.constant(node, node.value, true);
      case 'unary':
        if (node.operator === '+') return this.expand(node.operand);
        if (node.operand.type === 'number') return this.constant(node.operand, node.operand.value, false);
        if (node.operator === '!') return [this.variable(node)];
        return this.fail(node, 'expected a term before the minus that takes terms out');
      case 'binary':
        return this.binary(node);
      case 'string':
      case 'boolean':
        return this.fail(node, `expected the name of a column, got ${print(node)}`);
    }
  }

  private constant(node: Node, value: number, added: boolean): Product[] {
    if (value !== 0 && value !== 1) {
      this.fail(
        node,
        `expected a term, got the number ${value}: only 0 and 1 stand alone; write arithmetic inside I(…)`,
      );
    }
    this.intercept = (value === 1) === added;
    return [];
  }

  private binary(node: Node & { readonly type: 'binary' }): Product[] {
    const { operator, left, right } = node;
    switch (operator) {
      case '+':
        return unique([...this.expand(left), ...this.expand(right)]);
      case '-': {
        const kept = this.expand(left);
        if (right.type === 'number') return [...kept, ...this.constant(right, right.value, false)];
        const out = this.expand(right).map(String);
        return kept.filter((product) => !out.includes(String(product)));
      }
      case ':':
        return cross(this.products(left), this.products(right));
      case '%in%':
        return cross(this.products(left), [union(...this.products(right))]); // nested in all of them at once
      case '*': {
        const [a, b] = [this.products(left), this.products(right)];
        return unique([...a, ...b, ...cross(a, b)]);
      }
      case '/': {
        const [a, b] = [this.products(left), this.products(right)];
        return unique([...a, ...cross([union(...a)], b)]);
      }
      case '^': {
        if (right.type !== 'number' || !Number.isInteger(right.value) || right.value < 1) {
          this.fail(right, 'expected a whole number from 1 as the power of a term; write arithmetic inside I(…)');
        }
        const base = this.products(left);
        let power = base;
        for (let k = 1; k < right.value; k++) power = cross(base, power); // a product with itself is itself
        return power;
      }
      case '|':
      case '||':
        return this.fail(left, 'expected terms without groups; a model with terms such as (1 | g) is fitted by lmer');
      default:
        return [this.variable(node)]; // a comparison or a remainder is a variable
    }
  }

  /** The terms of a factor of a product, where a constant makes no sense. */
  private products(node: Node): Product[] {
    if (node.type === 'number') this.fail(node, `expected a term, got the number ${node.value}`);
    return this.expand(node);
  }
}

function union(...products: readonly Product[]): Product {
  return [...new Set(products.flat())].sort((a, b) => a - b);
}

function unique(products: readonly Product[]): Product[] {
  return [...new Map(products.map((product) => [String(product), product])).values()];
}

function cross(left: readonly Product[], right: readonly Product[]): Product[] {
  return unique(left.flatMap((a) => right.map((b) => union(a, b))));
}

/**
 * A factor in a term stands by contrasts when what is left of the term without it lies inside an earlier term (or is
 * empty), else by one column a level (Chambers & Hastie 1992, p. 38).
 */
function codingOf(product: Product, earlier: readonly Product[]): ('contrasts' | 'levels')[] {
  return product.map((variable) => {
    const rest = product.filter((other) => other !== variable);
    const covered = rest.length === 0 || earlier.some((term) => rest.every((other) => term.includes(other)));
    return covered ? 'contrasts' : 'levels';
  });
}

/**
 * The terms of a formula, those of fewer variables first.
 *
 * @param columns names of the data, which `.` stands for, but for those of the response
 * @throws FormulaError for what is not a term
 * @example expandTerms(parseFormula('y ~ a * b'), []).terms.map(({ label }) => label) // ['a', 'b', 'a:b']
 */
export function expandTerms(formula: Formula, columns: readonly string[]): Terms {
  const answered = formula.response ? namesIn(formula.response) : [];
  const response = formula.response && print(formula.response);
  const expansion = new Expansion(
    formula,
    columns.filter((name) => !answered.includes(name)),
  );
  const all = expansion.expand(formula.terms);
  const used = new Set(all.flat());
  const itself = expansion.variables.find(({ label }, k) => label === response && used.has(k));
  if (itself) {
    throw new FormulaError(
      formula.text,
      itself.node.start,
      `expected terms that explain the response, got the response '${response}' itself`,
    );
  }
  const products = unique(all).sort((a, b) => a.length - b.length);
  const terms = products.map((product, i) => ({
    label: product.map((k) => expansion.variables[k]!.label).join(':'),
    variables: product,
    coding: codingOf(product, products.slice(0, i)),
  }));
  return { intercept: expansion.intercept, variables: expansion.variables, terms, offsets: expansion.offsets };
}
