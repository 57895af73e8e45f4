/**
 * Reading a cell or a module: a cheap look at the text first, then acorn.
 */
import { type Options, type Program, parse as parseText } from 'acorn';

/** A stage's name after a dot, or the directive: without either, a text needs no parsing. */
const marks = /\.\s*(?:parameters|derived|observe|logDensity)\s*(?:\?\.\s*)?\(|use expression/;

/** False where a text certainly has nothing to rewrite. */
export function mayHoldExpressions(code: string): boolean {
  return marks.test(code);
}

const options: Options = {
  ecmaVersion: 'latest',
  allowAwaitOutsideFunction: true,
  allowImportExportEverywhere: true,
  allowReturnOutsideFunction: true,
  allowSuperOutsideMethod: true,
  allowHashBang: true,
};

/** The syntax tree; a module first, a sloppy script where that fails; undefined where neither parses. */
export function parse(code: string): Program | undefined {
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return parseText(code, { ...options, sourceType });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return undefined;
}
