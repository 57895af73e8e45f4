/**
 * So that any name may be declared again, in any way.
 *
 * V8's REPL mode lets `const` follow `const` and `let` follow `let`, but refuses `let x` after `const x`, or `const f`
 * after `function f`. There are two places a top-level name can live: a script slot (`let`, `class`) or a property of
 * the global object (`var`, `function`), and a name stays where it was first put. So:
 *
 *     const x = 1                  →   let x = 1          (slots are all alike; constants are guarded in constants.ts)
 *     let f = 1, was a function    →   var f = 1
 *     class A {}, was a function   →   var A = class A {};
 *     function x() {}, was a let   →   let x = function x() {};   (moved to the cell's beginning, for it is hoisted)
 *     using r = open()             →   let r = __estimand.using(open())
 *     let x = 2, was a let         →   ;(x = 2);
 *
 * The last because every `let` makes a slot of its own, also under an old name, and V8 frees none of them: a cell that
 * is run again and again would take 150 bytes each time. A slot whose cell failed may be without a value, in which case
 * it cannot be assigned to either: it is declared anew.
 */
import type { AnyNode, Pattern, Program, VariableDeclaration } from 'acorn';
import type MagicString from 'magic-string';
import { hostName } from './host-name.ts';

export interface Declared {
  readonly place: 'slot' | 'global';
  readonly constant: boolean;
  /** Its slot has a value: the cell that declared it has run to its end. */
  readonly filled?: boolean;
}

/** The names of a session, or of one cell. */
export type Names = Map<string, Declared>;

/** Rewrite a cell's declarations to fit those of the session. @returns what the cell declares */
export function rewriteDeclarations(
  text: MagicString,
  program: Program,
  session: ReadonlyMap<string, Declared>,
): Names {
  const cell: Names = new Map();
  for (const statement of program.body) {
    const node = declarationOf(statement);
    if (node.type === 'VariableDeclaration') rewriteVariables(text, node, session, cell);
    else if (node.type === 'FunctionDeclaration' && node.id) {
      const global = session.get(node.id.name)?.place !== 'slot';
      if (!global) {
        const keyword = session.get(node.id.name)?.filled ? '' : 'let ';
        text.appendRight(node.start, `${keyword}${node.id.name} = `).appendLeft(node.end, ';');
        if (node.start > 0) text.move(node.start, node.end, 0);
      }
      cell.set(node.id.name, { place: global ? 'global' : 'slot', constant: false });
    } else if (node.type === 'ClassDeclaration' && node.id) {
      const { place, filled }: Omit<Declared, 'constant'> = session.get(node.id.name) ?? { place: 'slot' };
      if (filled) text.appendRight(node.start, `;${node.id.name} = `).appendLeft(node.end, ';');
      else if (place === 'global') text.appendRight(node.start, `var ${node.id.name} = `).appendLeft(node.end, ';');
      cell.set(node.id.name, { place, constant: false });
    }
  }
  return cell;
}

/** `export const x = 1` declares as `const x = 1` does. */
function declarationOf(statement: AnyNode): AnyNode {
  return statement.type === 'ExportNamedDeclaration' ? (statement.declaration ?? statement) : statement;
}

function rewriteVariables(
  text: MagicString,
  node: VariableDeclaration,
  session: ReadonlyMap<string, Declared>,
  cell: Names,
): void {
  const names = node.declarations.flatMap(({ id }) => boundNames(id));
  const places = new Set(names.map((name) => session.get(name)?.place).filter((place) => place !== undefined));
  const constant = node.kind !== 'let' && node.kind !== 'var';
  const usual = node.kind === 'var' ? 'global' : 'slot';
  const place = places.size === 1 ? [...places][0]! : usual;
  const keyword = place === 'global' ? 'var' : 'let';
  for (const name of names) cell.set(name, { place: session.get(name)?.place ?? place, constant });

  if (node.kind === 'using' || node.kind === 'await using') rewriteUsing(text, node, keyword);
  else if (places.size === 2 || names.every((name) => session.get(name)?.filled)) {
    assignInstead(text, node, names, session);
  } else if (node.kind !== keyword) text.update(node.start, node.start + node.kind.length, keyword);
}

/** REPL mode never disposes of what a top-level `using` holds: the session does, when the cell ends. */
function rewriteUsing(text: MagicString, node: VariableDeclaration, keyword: string): void {
  const method = node.kind === 'using' ? 'using' : 'awaitUsing';
  text.update(node.start, node.declarations[0]!.start, `${keyword} `);
  for (const { init } of node.declarations) {
    if (init) text.appendLeft(init.start, `${hostName}.${method}(`).prependRight(init.end, ')');
  }
}

/** Declare the names that need it, then assign to all: of names of both places, or that have their slots already. */
function assignInstead(
  text: MagicString,
  node: VariableDeclaration,
  names: readonly string[],
  session: ReadonlyMap<string, Declared>,
): void {
  const slots = names.filter((name) => session.get(name)?.place !== 'global' && !session.get(name)?.filled);
  text.update(node.start, node.start + node.kind.length, slots.length > 0 ? `let ${slots.join(', ')};` : ';');
  for (const { id, init, start, end } of node.declarations) {
    if (!init) text.appendLeft(id.end, ' = undefined');
    text.appendRight(start, '(').appendLeft(end, ')');
  }
  if (slots.length === 0) text.appendLeft(node.end, ';');
}

/** The names a pattern binds: `{ a, b: [c, ...d] }` → a, c, d */
export function boundNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((p) => boundNames(p.type === 'RestElement' ? p.argument : p.value));
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? boundNames(element) : []));
    case 'RestElement':
      return boundNames(pattern.argument);
    case 'AssignmentPattern':
      return boundNames(pattern.left);
    default:
      return [];
  }
}
