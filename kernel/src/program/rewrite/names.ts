/**
 * Which syntax becomes which operation of program/operators.ts.
 */

/** Methods of a model whose function arguments are rewritten. */
export const stages: ReadonlySet<string> = new Set(['parameters', 'derived', 'observe', 'logDensity']);

/** A function whose body begins with this directive is rewritten too. */
export const directive = 'use expression';

export const binary: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '%': 'mod',
  '**': 'pow',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  '===': 'eq',
  '!==': 'ne',
  '==': 'looseEq',
  '!=': 'looseNe',
};

export const unary: Readonly<Record<string, string>> = { '-': 'neg', '+': 'plus', '!': 'not' };

/** `a += b` and its kin: the operator without its `=`. */
export const compound: ReadonlySet<string> = new Set(['+=', '-=', '*=', '/=', '%=', '**=']);

export const logicalAssignment: ReadonlySet<string> = new Set(['&&=', '||=']);
