/**
 * The few changes a cell needs before V8's REPL mode can run it, each on its own line so that lines stay.
 *
 *     import { mean } from './stats.ts'   →   let mean; ({ "mean": mean } = await __estimand.import("./stats.ts", ["mean"]))
 *     await fit()                         →   await __estimand.hold(fit())
 *     for await (const x of xs)           →   for await (const x of __estimand.holdEach(xs))
 *     x + 1   (the last statement)        →   __estimand.value((x + 1))
 *
 * REPL mode knows neither static nor dynamic imports, nor `import.meta`. What is awaited is held: when the promise
 * of an evaluation is collected as garbage, Node 24's inspector calls back in the middle of the collection, and dies.
 */
import type { AnyNode, ExportDefaultDeclaration, ExportNamedDeclaration, ImportDeclaration, Program } from 'acorn';
import { Parser } from 'acorn';
import MagicString from 'magic-string';
import { CodeError } from './code-error.ts';
import { eachChild, refuseAssignments } from './constants.ts';
import { type Declared, type Names, rewriteDeclarations } from './declarations.ts';
import { hostName } from './host-name.ts';
import { beginMerged } from './merged.ts';
import type { RawMap } from './positions.ts';

export interface CellCode {
  readonly code: string;
  /** The map of the changes; undefined when nothing was changed. Made on demand: only errors need it. */
  map(): RawMap | undefined;
  /** What the cell declares at its top level. */
  readonly names: Names;
}

/** Acorn, but for one rule: a cell may export what an earlier one has declared. */
const CellParser = Parser.extend(
  (Base) =>
    class extends Base {
      checkLocalExport(): void {}
    },
);

/** Parse JavaScript as a cell may have it: module syntax, or sloppy code that is no module. */
function parseCell(code: string): Program {
  const options = { ecmaVersion: 'latest', allowAwaitOutsideFunction: true, locations: false } as const;
  try {
    return CellParser.parse(code, { ...options, sourceType: 'module' });
  } catch (error) {
    try {
      return CellParser.parse(code, { ...options, sourceType: 'script', allowHashBang: true });
    } catch {
      throw located(error);
    }
  }
}

function located(error: unknown): unknown {
  if (!(error instanceof SyntaxError) || !('loc' in error)) return error;
  return new CodeError(error.message.replace(/ \(\d+:\d+\)$/, ''), error.loc as { line: number; column: number });
}

/**
 * Make JavaScript ready for REPL mode.
 *
 * @param session the names declared so far
 * @throws CodeError with the place, where `code` is not JavaScript
 */
export function cellCode(code: string, session: ReadonlyMap<string, Declared>): CellCode {
  const program = parseCell(code);
  const text = new MagicString(code);
  const names = rewriteDeclarations(text, program, session);
  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration') rewriteImport(text, statement, session, names);
    else if (statement.type.startsWith('Export')) rewriteExport(text, code, statement);
  }
  const isConstant = (name: string): boolean => (names.get(name) ?? session.get(name))?.constant === true;
  const refusal = (name: string): string => `${hostName}.constant(${JSON.stringify(name)})`;
  const replaced = refuseAssignments(text, program, isConstant, refusal);
  if (waitsOrImports.test(code)) rewriteInside(text, program, true, replaced);
  keepValue(text, code, program);
  beginMerged(text, program, session);
  const changed = text.hasChanged();
  return {
    code: changed ? text.toString() : code,
    map: () => (changed ? (text.generateMap({ hires: true }) as unknown as RawMap) : undefined),
    names,
  };
}

function importCall(source: string, names: readonly string[], attributes = ''): string {
  const list = names.length > 0 || attributes ? `, ${JSON.stringify(names)}` : '';
  return `await ${hostName}.import(${source}${list}${attributes})`;
}

function rewriteImport(
  text: MagicString,
  node: ImportDeclaration,
  session: ReadonlyMap<string, Declared>,
  declared: Names,
): void {
  const source = JSON.stringify(node.source.value);
  const attributes =
    node.attributes.length === 0
      ? ''
      : `, { with: { ${node.attributes.map((a) => `${JSON.stringify(keyName(a.key))}: ${JSON.stringify(a.value.value)}`).join(', ')} } }`;
  const names: string[] = [];
  const bindings: string[] = [];
  let namespace: string | undefined;
  for (const specifier of node.specifiers) {
    const local = specifier.local.name;
    declared.set(local, { place: session.get(local)?.place ?? 'slot', constant: true });
    if (specifier.type === 'ImportNamespaceSpecifier') {
      namespace = local;
      continue;
    }
    const imported = specifier.type === 'ImportDefaultSpecifier' ? 'default' : keyName(specifier.imported);
    names.push(imported);
    bindings.push(`${JSON.stringify(imported)}: ${local}`);
  }
  const call = importCall(source, names, attributes);
  const pattern = `{ ${bindings.join(', ')} }`;
  let value = namespace === undefined ? `(${pattern} = ${call})` : `${namespace} = ${call}`;
  if (namespace !== undefined && bindings.length > 0) value += `, ${pattern} = ${namespace}`;
  const slots = node.specifiers
    .map(({ local }) => local.name)
    .filter((name) => session.get(name)?.place !== 'global' && !session.get(name)?.filled);
  const declaration = slots.length > 0 ? `let ${slots.join(', ')}; ` : ';';
  const replacement = node.specifiers.length === 0 ? call : `${declaration}${value}`;
  // The import's own line breaks follow it, so that what comes after keeps its line.
  const breaks = text.original.slice(node.start, node.end).replace(/[^\n]/g, '');
  text.update(node.start, node.end, `${replacement};${breaks}`);
}

function keyName(node: { type: string; name?: string; value?: unknown }): string {
  return node.type === 'Identifier' ? node.name! : String(node.value);
}

/** In a cell everything is visible to later cells: `export` says nothing more. */
function rewriteExport(text: MagicString, code: string, node: AnyNode): void {
  if (node.type === 'ExportNamedDeclaration') {
    const { declaration, source } = node as ExportNamedDeclaration;
    if (declaration) text.remove(node.start, declaration.start);
    else blank(text, code, node, source ? importCall(JSON.stringify(source.value), []) : '');
  } else if (node.type === 'ExportAllDeclaration') {
    blank(text, code, node, importCall(JSON.stringify(node.source.value), []));
  } else if (node.type === 'ExportDefaultDeclaration') {
    const { declaration } = node as ExportDefaultDeclaration;
    const nameless =
      /^(?:Function|Class)Declaration$/.test(declaration.type) && !('id' in declaration && declaration.id);
    // Without a name it is no declaration of a script: `void class {};`
    text.update(node.start, declaration.start, nameless ? 'void ' : '');
    if (nameless) text.appendLeft(node.end, ';');
  }
}

function blank(text: MagicString, code: string, node: AnyNode, replacement: string): void {
  text.update(node.start, node.end, `${replacement};${code.slice(node.start, node.end).replace(/[^\n]/g, '')}`);
}

/** What is rewritten inside of statements needs one of these words. */
const waitsOrImports = /\b(?:await|import)\b/;
const functions = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** Dynamic imports and `import.meta` everywhere; awaits where the cell itself waits. */
function rewriteInside(text: MagicString, node: AnyNode, topLevel: boolean, replaced: ReadonlySet<AnyNode>): void {
  if (replaced.has(node)) return;
  switch (node.type) {
    case 'ImportExpression':
      text.update(node.start, node.start + 'import'.length, `${hostName}.dynamicImport`);
      break;
    case 'MetaProperty':
      if (node.meta.name === 'import') text.update(node.start, node.end, `${hostName}.meta`);
      break;
    case 'AwaitExpression':
      if (topLevel) enclose(text, node.argument, 'hold');
      break;
    case 'ForOfStatement':
      if (topLevel && node.await) enclose(text, node.right, 'holdEach');
      break;
  }
  const inner = topLevel && !functions.has(node.type);
  eachChild(node, (child) => rewriteInside(text, child, inner, replaced));
}

function enclose(text: MagicString, node: AnyNode, method: string): void {
  text.appendLeft(node.start, `${hostName}.${method}(`);
  text.prependRight(node.end, ')');
}

/** The last statement's value is the cell's, when it is an expression other than an assignment. */
function keepValue(text: MagicString, code: string, program: Program): void {
  const last = program.body.findLast((statement) => !isEmpty(statement));
  if (last?.type !== 'ExpressionStatement') return;
  const { type } = last.expression;
  if (type === 'AssignmentExpression' || type === 'UpdateExpression') return;
  const end = code[last.end - 1] === ';' ? last.end - 1 : last.end;
  // Two parentheses: `a, b` is one value, not two arguments.
  text.appendLeft(last.start, `${hostName}.value((`);
  text.prependRight(end, '))');
}

/** `;`, and the bare `var Name;` that the compilation of a namespace leaves at the end. */
function isEmpty(statement: AnyNode): boolean {
  if (statement.type === 'VariableDeclaration') {
    return statement.kind === 'var' && statement.declarations.every(({ init }) => !init);
  }
  return statement.type === 'EmptyStatement';
}
