/**
 * The parts of a Wilkinson formula (Wilkinson & Rogers 1973, Applied Statistics 22, 392–399) as a tree, the text R
 * would print for each part (which names the columns of the model matrix), and the error that points into a formula.
 */

/** A place in the text, from 0; `end` is the first character after it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Argument {
  /** As in `raw = TRUE`. */
  readonly name?: string;
  readonly value: Node;
}

export type Operator = '+' | '-' | '*' | '/' | ':' | '^' | '%in%' | '%%' | '%/%' | Logical | Comparison;
export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';
export type Logical = '|' | '||' | '&' | '&&';

/** A part of a formula. */
export type Node = Span &
  (
    | { readonly type: 'number'; readonly value: number }
    | { readonly type: 'string'; readonly value: string }
    | { readonly type: 'boolean'; readonly value: boolean }
    | { readonly type: 'name'; readonly name: string }
    | { readonly type: 'call'; readonly name: string; readonly arguments: readonly Argument[] }
    | { readonly type: 'unary'; readonly operator: '+' | '-' | '!'; readonly operand: Node }
    | { readonly type: 'binary'; readonly operator: Operator; readonly left: Node; readonly right: Node }
    | { readonly type: 'group'; readonly inner: Node }
  );

/** `response ~ terms`; the response may be left out. */
export interface Formula {
  readonly text: string;
  readonly response: Node | undefined;
  readonly terms: Node;
}

/** A formula that cannot be read: what was expected, what came, and where. */
export class FormulaError extends Error {
  override readonly name = 'FormulaError';
  readonly formula: string;
  /** Where it went wrong: characters from 0. */
  readonly position: number;

  constructor(formula: string, position: number, what: string) {
    super(`formula: ${what}, at position ${position}\n  ${formula.replaceAll(/\s/g, ' ')}\n  ${' '.repeat(position)}^`);
    this.formula = formula;
    this.position = position;
  }
}

/** Operators R prints without spaces. */
const TIGHT: readonly Operator[] = ['/', ':', '^', '%%', '%/%'];

/** The shorter of the plain and the exponential form, as R: 100000 → 1e+05, 1000 → 1000. */
function printNumber(value: number): string {
  const [mantissa, power] = value.toExponential().split('e') as [string, string];
  const exponential = `${mantissa}e${power[0]}${power.slice(1).padStart(2, '0')}`;
  const plain = String(value);
  return plain.includes('e') || exponential.length < plain.length ? exponential : plain;
}

/** `log( x )` → `log(x)`, `I(2*x)` → `I(2 * x)`: the text as R prints it. */
export function print(node: Node): string {
  switch (node.type) {
    case 'number':
      return printNumber(node.value);
    case 'string':
      return JSON.stringify(node.value);
    case 'boolean':
      return node.value ? 'TRUE' : 'FALSE';
    case 'name':
      return /^(?:\p{L}|\.(?!\d))[\p{L}\p{N}_.]*$/u.test(node.name) ? node.name : `\`${node.name}\``;
    case 'call':
      return `${node.name}(${node.arguments
        .map(({ name, value }) => (name === undefined ? print(value) : `${name} = ${print(value)}`))
        .join(', ')})`;
    case 'unary':
      return `${node.operator}${print(node.operand)}`;
    case 'binary': {
      const space = TIGHT.includes(node.operator) ? '' : ' ';
      return `${print(node.left)}${space}${node.operator}${space}${print(node.right)}`;
    }
    case 'group':
      return `(${print(node.inner)})`;
  }
}

/** The data columns a part mentions, each once, in order. */
export function namesIn(node: Node): string[] {
  const found = new Set<string>();
  const visit = (part: Node): void => {
    if (part.type === 'name') found.add(part.name);
    else if (part.type === 'call') {
      for (const argument of part.name === 'C' ? part.arguments.slice(0, 1) : part.arguments) visit(argument.value);
    } else if (part.type === 'unary') visit(part.operand);
    else if (part.type === 'group') visit(part.inner);
    else if (part.type === 'binary') {
      visit(part.left);
      visit(part.right);
    }
  };
  visit(node);
  return [...found];
}
