/**
 * The cell transform: operators inside model stages become operations on traced expressions.
 *
 * `normal(alpha + beta * x, sigma)` cannot work in plain JavaScript, for `+` on objects asks for a number. So the
 * text of a cell or module (types already stripped) is rewritten before it runs: inside the functions given to
 * `.parameters`, `.derived`, `.observe` and `.logDensity`, and inside functions that begin with the directive
 * `'use expression'`, arithmetic, comparison and `Math.*` become calls of `operators` (program/operators.ts), which
 * fall back to plain JavaScript when no operand is an expression. All other text stays as it is, byte for byte.
 *
 * Text is only inserted or replaced within a line, so line numbers never move; the source map gives the columns.
 */
import MagicString, { type SourceMap } from 'magic-string';
import { edit } from './edit.ts';
import { mayHoldExpressions, parse } from './parse.ts';
import './plain.ts';

export interface RewriteOptions {
  /**
   * JavaScript text that evaluates to the operators. The default reads the global symbol that program/operators.ts
   * sets (plain.ts before it), at every operation: it needs no binding, so it works in a REPL cell, a module, strict
   * mode and a cell run twice, whatever order imports run in, and puts no name where the user could meet or shadow it.
   */
  readonly operators?: string;
  /** Name of the original text, put into the source map. */
  readonly source?: string;
}

export interface Rewritten {
  /** The text to run; the given text itself where nothing matched. */
  readonly code: string;
  /** False where nothing was rewritten. */
  readonly changed: boolean;
  /** Source map (version 3) from `code` to the given text, made when asked for; absent where nothing was rewritten. */
  readonly map?: SourceMap;
}

export const defaultOperators = 'globalThis[Symbol.for("estimand.operators")]';

/**
 * Rewrite operators in the stages of a model. Pure: text in, text out.
 *
 * Code that does not parse comes back unchanged, so that the engine which runs it reports the syntax error in the
 * user's own text.
 *
 * @param code JavaScript (TypeScript with its types already stripped): a notebook cell or a module
 * @example
 * rewriteExpressions('m.observe(({ a, x }) => ({ y: normal(a * x, 1) }))', { operators: '$' }).code
 * // 'm.observe(({ a, x }) => ({ y: normal($.mul(a , x), 1) }))'
 */
export function rewriteExpressions(code: string, options: RewriteOptions = {}): Rewritten {
  if (!mayHoldExpressions(code)) return { code, changed: false };
  const program = parse(code);
  if (program === undefined) return { code, changed: false };

  const text = new MagicString(code);
  edit(program, text, options.operators ?? defaultOperators);
  if (!text.hasChanged()) return { code, changed: false };
  let map: SourceMap | undefined;
  return {
    code: text.toString(),
    changed: true,
    get map() {
      map ??= text.generateMap({ hires: true, includeContent: true, source: options.source ?? '' });
      return map;
    },
  };
}
