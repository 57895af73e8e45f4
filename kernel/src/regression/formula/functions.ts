/**
 * Functions that formulas know: of one number, of two, and those that make a factor of numbers or of factors.
 */
import type { Factor } from '../../data/factor.ts';
import {
  acos,
  asin,
  atan,
  cos,
  cosh,
  exp,
  expm1,
  log,
  log1p,
  log2,
  log10,
  pow,
  sin,
  sinh,
  tan,
  tanh,
} from '../../numeric/elementary.ts';

/** To the nearest whole number, halves to the even one, as R rounds. */
function round(x: number): number {
  const near = Math.round(x);
  return near - x === 0.5 && near % 2 !== 0 ? near - 1 : near;
}

/** Of one number. */
export const functions: Readonly<Record<string, (x: number) => number>> = {
  log,
  log2,
  log10,
  log1p,
  exp,
  expm1,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  ceiling: Math.ceil,
  round,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
};

/** The larger or smaller of several numbers. */
export const choices: Readonly<Record<string, (a: number, b: number) => number>> = { pmin: Math.min, pmax: Math.max };

export const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => (b === 2 ? a * a : pow(a, b)),
  '%%': (a, b) => a - Math.floor(a / b) * b,
  '%/%': (a, b) => Math.floor(a / b),
};

/** What is true or false of two numbers. */
export const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '|': (a, b) => a !== 0 || b !== 0,
  '||': (a, b) => a !== 0 || b !== 0,
  '&': (a, b) => a !== 0 && b !== 0,
  '&&': (a, b) => a !== 0 && b !== 0,
};

/** Breaks as R writes them: three digits, more where those do not tell them apart. */
function written(breaks: readonly number[]): string[] {
  for (let digits = 3; digits < 13; digits++) {
    const texts = breaks.map((value) => String(Number(value.toPrecision(digits))));
    if (new Set(texts).size === breaks.length) return texts;
  }
  return breaks.map(String);
}

/**
 * Intervals that numbers fall into, closed on the right, as R's `cut`.
 *
 * @param breaks two or more, ascending
 * @param labels of the intervals; default '(0,2]' and so on
 * @throws RangeError for breaks that do not ascend, another number of labels, or a value in no interval
 * @example cut([1, 3], [0, 2, 4]).levels // ['(0,2]', '(2,4]']
 */
export function cut(x: ArrayLike<number>, breaks: readonly number[], labels?: readonly string[]): Factor {
  if (breaks.length < 2 || breaks.some((value, i) => i > 0 && !(value > breaks[i - 1]!))) {
    throw new RangeError(`cut: two or more ascending breaks expected, got ${breaks.join(', ')}`);
  }
  const texts = written(breaks);
  const levels = labels ?? texts.slice(1).map((end, i) => `(${texts[i]},${end}]`);
  if (levels.length !== breaks.length - 1) {
    throw new RangeError(`cut: ${breaks.length - 1} labels expected, one an interval, got ${levels.length}`);
  }
  const codes = Int32Array.from(x, (value) => {
    const end = breaks.findIndex((at) => value <= at);
    if (end > 0) return end - 1;
    throw new RangeError(`cut: ${value} lies in none of the intervals from ${texts[0]} to ${texts.at(-1)}; widen them`);
  });
  return { codes, levels };
}

/** All combinations of the levels of factors, those of the first running fastest: 'a.u', 'b.u', 'a.v' … */
export function interaction(factors: readonly Factor[]): Factor {
  return factors.reduce((left, right) => ({
    codes: left.codes.map((code, i) => code + left.levels.length * right.codes[i]!),
    levels: right.levels.flatMap((b) => left.levels.map((a) => `${a}.${b}`)),
  }));
}
