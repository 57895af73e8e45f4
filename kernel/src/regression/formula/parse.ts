/**
 * Reads the text of a formula by recursive descent, with the precedence of R's operators, from loose to tight:
 * `~`, `|` and `||`, `&` and `&&`, `!`, comparison, `+ -`, `* /`, `%in%`, `%%` and `%/%`, `:`, unary `+ -`, `^` (also
 * written `**`).
 */
import { type Argument, type Formula, FormulaError, type Node, type Operator } from './syntax.ts';

interface Token {
  readonly kind: 'number' | 'name' | 'string' | 'symbol' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const PATTERN =
  /\s*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[\p{L}.][\p{L}\p{N}_.]*)|`(?<quoted>[^`]+)`|(?<string>"[^"]*"|'[^']*')|(?<symbol>%in%|%%|%\/%|\*\*|\|\||&&|<=|>=|==|!=|[-~+*/:^()|&!,=<>]))/uy;

function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(text);
    const space = /^\s*/.exec(text.slice(at))![0].length;
    if (!match) {
      const odd = text[at + space]!;
      const what = '\'"`'.includes(odd)
        ? `expected another ${odd} that ends what begins here`
        : `expected a name, a number or an operator, got '${odd}'`;
      throw new FormulaError(text, at + space, what);
    }
    const groups = match.groups!;
    const kind =
      groups.number !== undefined
        ? 'number'
        : groups.name !== undefined || groups.quoted !== undefined
          ? 'name'
          : groups.string !== undefined
            ? 'string'
            : 'symbol';
    const value = groups.number ?? groups.name ?? groups.quoted ?? groups.string?.slice(1, -1) ?? groups.symbol!;
    tokens.push({ kind, text: value === '**' ? '^' : value, start: at + space, end: PATTERN.lastIndex });
    at = PATTERN.lastIndex;
  }
  return [...tokens, { kind: 'end', text: '', start: text.length, end: text.length }];
}

/** Binary operators from loose to tight; `^` apart, for it is tighter than a sign. */
const LEVELS: readonly (readonly string[])[] = [
  ['|', '||'],
  ['&', '&&'],
  ['<', '<=', '>', '>=', '==', '!='],
  ['+', '-'],
  ['*', '/'],
  ['%in%', '%%', '%/%'],
  [':'],
];

class Reader {
  private readonly text: string;
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(text: string) {
    this.text = text;
    this.tokens = tokenise(text);
  }

  private get next(): Token {
    return this.tokens[this.at]!;
  }

  isSymbol(...symbols: readonly string[]): boolean {
    return this.next.kind === 'symbol' && symbols.includes(this.next.text);
  }

  take(): Token {
    return this.tokens[this.at++]!;
  }

  fail(expected: string): never {
    const { kind, text, start } = this.next;
    const got = kind === 'end' ? 'the end of the formula' : `'${text}'`;
    throw new FormulaError(this.text, start, `expected ${expected}, got ${got}`);
  }

  expectEnd(expected: string): void {
    if (this.next.kind !== 'end') this.fail(expected);
  }

  expression(level = 0): Node {
    const operators = LEVELS[level];
    if (!operators) return this.signed();
    if (operators.includes('<') && this.isSymbol('!')) {
      const { start } = this.take();
      const operand = this.expression(level);
      return { type: 'unary', operator: '!', operand, start, end: operand.end };
    }
    let left = this.expression(level + 1);
    while (this.isSymbol(...operators)) {
      const operator = this.take().text as Operator;
      const right = this.expression(level + 1);
      left = { type: 'binary', operator, left, right, start: left.start, end: right.end };
    }
    return left;
  }

  private signed(): Node {
    if (!this.isSymbol('+', '-')) return this.power();
    const { text, start } = this.take();
    const operand = this.signed();
    return { type: 'unary', operator: text as '+' | '-', operand, start, end: operand.end };
  }

  private power(): Node {
    const left = this.primary();
    if (!this.isSymbol('^')) return left;
    this.take();
    const right = this.signed(); // right-associative, as in R
    return { type: 'binary', operator: '^', left, right, start: left.start, end: right.end };
  }

  private primary(): Node {
    const { kind, text, start, end } = this.next;
    if (kind === 'number') {
      this.take();
      return { type: 'number', value: Number(text), start, end };
    }
    if (kind === 'string') {
      this.take();
      return { type: 'string', value: text, start, end };
    }
    if (kind === 'name') {
      this.take();
      if (this.isSymbol('(')) return this.call(text, start);
      if (text === 'TRUE' || text === 'FALSE') return { type: 'boolean', value: text === 'TRUE', start, end };
      return { type: 'name', name: text, start, end };
    }
    if (this.isSymbol('(')) {
      this.take();
      const inner = this.expression();
      if (!this.isSymbol(')')) this.fail("an operator or ')'");
      return { type: 'group', inner, start, end: this.take().end };
    }
    return this.fail('a name, a number or a bracket');
  }

  private call(name: string, start: number): Node {
    this.take();
    const list: Argument[] = [];
    while (!this.isSymbol(')')) {
      if (list.length > 0) {
        if (!this.isSymbol(',')) this.fail("',' or ')'");
        this.take();
      }
      const value = this.expression();
      if (value.type === 'name' && this.isSymbol('=')) {
        this.take();
        list.push({ name: value.name, value: this.expression() });
      } else {
        list.push({ value });
      }
    }
    return { type: 'call', name, arguments: list, start, end: this.take().end };
  }
}

/**
 * Read a formula.
 *
 * @param text `'response ~ terms'`, or `'~ terms'`
 * @throws FormulaError with the position and what was expected there
 * @example parseFormula('log(y) ~ x * factor(g) - 1')
 */
export function parseFormula(text: string): Formula {
  if (typeof text !== 'string') {
    throw new TypeError(`formula: expected text such as 'y ~ x', got ${typeof text}`);
  }
  const reader = new Reader(text);
  const response = reader.isSymbol('~') ? undefined : reader.expression();
  if (!reader.isSymbol('~')) reader.fail("'~' between the response and the terms");
  reader.take();
  const terms = reader.expression();
  reader.expectEnd('an operator such as + or the end of the formula');
  return { text, response, terms };
}

/** Read one expression, such as that of a weight. @throws FormulaError */
export function parseExpression(text: string): Node {
  const reader = new Reader(text);
  const node = reader.expression();
  reader.expectEnd('an operator or the end of the expression');
  return node;
}
