/**
 * So that an enum or a namespace that is declared again is a new one.
 *
 * What they compile to adds to an object of that name, if there is one: within a cell that is how declarations merge.
 * But the members of an earlier cell's would stay for ever, and a value of another kind would be added to.
 *
 *     var C = function(C) { … }(C || {});            →   var C = function(C) { … }({});
 *     (function(N) { … })(N || (N = {})); var N;     →   (function(N) { … })((N = {}));
 */
import type { AnyNode, LogicalExpression, Program } from 'acorn';
import type MagicString from 'magic-string';
import type { Declared } from './declarations.ts';

/** Begin anew what the session has had and the cell declares by merging. To be called after all other rewriting. */
export function beginMerged(text: MagicString, program: Program, session: ReadonlyMap<string, Declared>): void {
  const known = new Set<string>(); // what this cell has made itself: it is merged with
  for (const statement of program.body) {
    const own = statement.type === 'ClassDeclaration' || statement.type === 'FunctionDeclaration';
    if (own && statement.id) known.add(statement.id.name);
  }
  const begun = new Set<string>();
  for (const statement of program.body) {
    const merged = mergedWith(statement);
    if (merged?.left.type !== 'Identifier' || !session.has(merged.left.name) || known.has(merged.left.name)) continue;
    known.add(merged.left.name);
    begun.add(merged.left.name);
    text.remove(merged.left.start, text.original.indexOf('||', merged.left.end) + '||'.length);
  }
  for (const statement of program.body) {
    // Behind its use: it would put `undefined` in the place of what was made.
    if (statement.type !== 'VariableDeclaration' || statement.declarations.length !== 1) continue;
    const { id, init } = statement.declarations[0]!;
    if (!init && id.type === 'Identifier' && begun.has(id.name)) text.remove(statement.start, statement.end);
  }
}

/** `N || …` in `(function(N) { … })(N || …)`, alone or as a variable's value. */
function mergedWith(statement: AnyNode): LogicalExpression | undefined {
  let call: AnyNode | null | undefined;
  if (statement.type === 'ExpressionStatement') call = statement.expression;
  else if (statement.type === 'VariableDeclaration') call = statement.declarations[0]?.init;
  if (call?.type !== 'CallExpression' || call.callee.type !== 'FunctionExpression') return undefined;
  const [argument] = call.arguments;
  const [parameter] = call.callee.params;
  if (argument?.type !== 'LogicalExpression' || argument.operator !== '||') return undefined;
  if (argument.left.type !== 'Identifier' || parameter?.type !== 'Identifier') return undefined;
  return argument.left.name === parameter.name ? argument : undefined;
}
