/**
 * A cell's text on its way to V8: types out, operators of model stages in, then what REPL mode needs.
 */
import { rewriteExpressions } from '../../program/rewrite/index.ts';
import { cellCode } from './cell-code.ts';
import { CodeError } from './code-error.ts';
import { compileByTypeScript, stripCell, wantsCompiler } from './compile.ts';
import type { Declared, Names } from './declarations.ts';
import { follow, type Locate, type RawMap } from './positions.ts';
import type { Stripped } from './strip.ts';

export interface Prepared {
  readonly code: string;
  /** From a place in `code` to the place in the cell's text. Slow: it makes the maps; for errors only. */
  locator(): Locate;
  /** What the cell declares. */
  readonly names: Names;
}

/**
 * Make a cell's text ready to run.
 *
 * @param session the names declared so far
 * @throws CodeError with the place in the cell's own text, where it cannot be run
 */
export function prepare(source: string, session: ReadonlyMap<string, Declared> = new Map()): Prepared {
  const stripped = stripCell(source);
  try {
    return rewrite(stripped, session);
  } catch (error) {
    if (!(error instanceof CodeError)) throw error;
    if (stopsAtWhatIsCompiled(stripped, error)) return rewrite(compileByTypeScript(source), session);
    const maps = stripped.map ? [stripped.map] : [];
    throw error.place ? new CodeError(error.message, follow(maps)(error.place)) : error;
  }
}

function stopsAtWhatIsCompiled({ code }: Stripped, { place }: CodeError): boolean {
  return place !== undefined && wantsCompiler(code.split('\n')[place.line - 1] ?? '', place.column);
}

function rewrite(stripped: Stripped, session: ReadonlyMap<string, Declared>): Prepared {
  const expressions = rewriteExpressions(stripped.code);
  const cell = cellCode(expressions.code, session);
  return {
    code: cell.code,
    names: cell.names,
    locator: () => {
      const steps = [cell.map(), expressions.map as RawMap | undefined, stripped.map];
      return follow(steps.filter((map) => map !== undefined));
    },
  };
}
