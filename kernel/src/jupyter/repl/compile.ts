/**
 * Decorators, which neither Node's stripper nor V8 knows: the TypeScript compiler, loaded on the first cell or file that
 * has one (0.3 s).
 *
 * There are two kinds. Those of the language (TC39, stage 3) are meant, unless the tsconfig.json of the notebook's
 * folder says `experimentalDecorators`, or a parameter is decorated, which only the older kind can.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'acorn';
import type { CompilerOptions, Node } from 'typescript';
import type { RawMap } from './positions.ts';
import { type Stripped, strip } from './strip.ts';

type TypeScript = typeof import('typescript');

/**
 * Compile decorators, and all else that is TypeScript.
 *
 * @param folder whose tsconfig.json, or that of a folder above it, says which kind is meant
 */
export function compileDecorators(source: string, folder: string = process.cwd()): Stripped {
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

/** Strip a module's text; where decorators are in it, compile it. @throws CodeError as `strip` does */
export function stripModule(text: string, folder: string): Stripped {
  const stripped = strip(text);
  return text.includes('@') && hasDecorators(stripped.code) ? compileDecorators(text, folder) : stripped;
}

/** Whether it is an `@` that keeps JavaScript from being parsed. */
function hasDecorators(code: string): boolean {
  try {
    parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
    return false;
  } catch (error) {
    return error instanceof SyntaxError && 'pos' in error && code[error.pos as number] === '@';
  }
}
