/**
 * What neither Node's stripper nor V8 knows: decorators, `accessor` fields. The TypeScript compiler knows them; it is
 * loaded on the first cell or file that has one (0.3 s).
 *
 * There are two kinds of decorators. Those of the language (TC39, stage 3) are meant, unless the tsconfig.json of the notebook's
 * folder says `experimentalDecorators`, or a parameter is decorated, which only the older kind can.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'acorn';
import type { CompilerOptions, Node } from 'typescript';
import { CodeError } from './code-error.ts';
import type { RawMap } from './positions.ts';
import { type Stripped, strip } from './strip.ts';

type TypeScript = typeof import('typescript');

/**
 * Compile all that is TypeScript, whether its types fit or not.
 *
 * @param folder whose tsconfig.json, or that of a folder above it, says which kind is meant
 */
export function compileByTypeScript(source: string, folder: string = process.cwd()): Stripped {
  const ts = createRequire(import.meta.url)('typescript') as TypeScript;
  const { outputText, sourceMapText } = ts.transpileModule(source, {
    compilerOptions: {
      ...kind(ts, source, folder),
      target: ts.ScriptTarget.ES2022, // the newest target whose output has no decorators
      module: ts.ModuleKind.ESNext,
      sourceMap: true,
      verbatimModuleSyntax: true,
    },
  });
  const code = outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
  return { code, map: JSON.parse(sourceMapText ?? '{}') as RawMap };
}

function kind(ts: TypeScript, source: string, folder: string): CompilerOptions {
  const { experimentalDecorators, emitDecoratorMetadata } = settings(ts, folder);
  if (experimentalDecorators !== true && !decoratesParameters(ts, source)) return {};
  return {
    experimentalDecorators: true,
    emitDecoratorMetadata: emitDecoratorMetadata === true,
    useDefineForClassFields: false, // as that kind expects: a field must not hide what its decorator has defined
  };
}

/** What the nearest tsconfig.json says; nothing where it cannot be read, for it is not ours to complain of. */
function settings(ts: TypeScript, folder: string): Readonly<Record<string, unknown>> {
  for (let place = folder; ; place = dirname(place)) {
    const path = join(place, 'tsconfig.json');
    if (existsSync(path)) {
      const { config } = ts.parseConfigFileTextToJson(path, readFileSync(path, 'utf8')) as {
        config?: { compilerOptions?: Record<string, unknown> };
      };
      return config?.compilerOptions ?? {};
    }
    if (dirname(place) === place) return {};
  }
}

function decoratesParameters(ts: TypeScript, source: string): boolean {
  const visit = (node: Node): true | undefined => {
    if (ts.isParameter(node) && (ts.getDecorators(node)?.length ?? 0) > 0) return true;
    return ts.forEachChild(node, visit);
  };
  return visit(ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest, true)) === true;
}

/** Strip a cell's text; compile it where the stripper minds what is a matter of types. @throws CodeError as `strip` does */
export function stripCell(source: string): Stripped {
  try {
    return strip(source);
  } catch (error) {
    // "This member cannot have an 'override' modifier …": TypeScript leaves it out, and reports it as it does types.
    if (error instanceof CodeError && / modifier\b/.test(error.message)) return compileByTypeScript(source);
    throw error;
  }
}

/** Strip a module's text, or compile it where it must be. @throws CodeError as `strip` does */
export function stripModule(text: string, folder: string): Stripped {
  const stripped = strip(text);
  return /@|\baccessor\b/.test(text) && stopsParser(stripped.code) ? compileByTypeScript(text, folder) : stripped;
}

function stopsParser(code: string): boolean {
  try {
    parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
    return false;
  } catch (error) {
    return error instanceof SyntaxError && 'pos' in error && wantsCompiler(code, error.pos as number);
  }
}

/** Whether the place at which JavaScript cannot be parsed is a decorator, or a field after `accessor`. */
export function wantsCompiler(code: string, place: number): boolean {
  return code[place] === '@' || /\baccessor[^\S\n]+$/.test(code.slice(0, place));
}
