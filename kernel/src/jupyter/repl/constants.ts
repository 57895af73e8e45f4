/**
 * Assignments to constants. A cell's `const` lives in a slot like any other name (see declarations.ts), so what V8
 * would refuse is refused here: the assignment becomes a call that throws the same TypeError when it is reached.
 *
 *     const x = 1; x += 2   →   … __estimand.constant("x")
 */
import type { AnyNode, Pattern, Program } from 'acorn';
import type MagicString from 'magic-string';
import { boundNames } from './declarations.ts';

/**
 * Rewrite assignments to names for which `isConstant` holds, wherever no inner declaration hides the name.
 *
 * @returns the nodes that were replaced: nothing inside them is there any more
 */
export function refuseAssignments(
  text: MagicString,
  program: Program,
  isConstant: (name: string) => boolean,
  refusal: (name: string) => string,
): ReadonlySet<AnyNode> {
  const replaced = new Set<AnyNode>();
  const visit = (node: AnyNode, hidden: ReadonlySet<string>): void => {
    const inner = node === program ? hidden : withHidden(node, hidden);
    const target = assigned(node);
    const constant = target && boundNames(target).find((name) => isConstant(name) && !inner.has(name));
    if (constant !== undefined) {
      replaced.add(node);
      text.update(node.start, node.end, refusal(constant) + lineBreaks(text.original.slice(node.start, node.end)));
      return;
    }
    eachChild(node, (child) => visit(child, inner));
  };
  visit(program, new Set());
  return replaced;
}

/** What a node assigns to, where it does so as an expression. */
function assigned(node: AnyNode): Pattern | undefined {
  if (node.type === 'AssignmentExpression') return node.left;
  return node.type === 'UpdateExpression' && node.argument.type === 'Identifier' ? node.argument : undefined;
}

function withHidden(node: AnyNode, hidden: ReadonlySet<string>): ReadonlySet<string> {
  const names = declaredInside(node);
  return names.length === 0 ? hidden : new Set([...hidden, ...names]);
}

/** The names that a node's own scope declares. A `var` deeper inside counts where its block begins: close enough. */
function declaredInside(node: AnyNode): string[] {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return [...node.params.flatMap(boundNames), ...(node.id ? [node.id.name] : [])];
    case 'BlockStatement':
    case 'StaticBlock':
      return node.body.flatMap(declaredBy);
    case 'SwitchStatement':
      return node.cases.flatMap(({ consequent }) => consequent.flatMap(declaredBy));
    case 'ForStatement':
      return node.init ? declaredBy(node.init) : [];
    case 'ForInStatement':
    case 'ForOfStatement':
      return declaredBy(node.left);
    case 'CatchClause':
      return node.param ? boundNames(node.param) : [];
    case 'ClassExpression':
      return node.id ? [node.id.name] : [];
    default:
      return [];
  }
}

function declaredBy(node: AnyNode): string[] {
  if (node.type === 'VariableDeclaration') return node.declarations.flatMap(({ id }) => boundNames(id));
  if (node.type !== 'FunctionDeclaration' && node.type !== 'ClassDeclaration') return [];
  return node.id ? [node.id.name] : [];
}

function lineBreaks(text: string): string {
  return text.replace(/[^\n]/g, '');
}

/** Call `visit` with each of the syntax nodes right below a node. */
export function eachChild(node: AnyNode, visit: (child: AnyNode) => void): void {
  for (const key in node) {
    const child = (node as unknown as Record<string, unknown>)[key];
    if (typeof child !== 'object' || child === null) continue;
    if (!Array.isArray(child)) {
      if (isNode(child)) visit(child);
    } else {
      for (const one of child) if (isNode(one)) visit(one);
    }
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}
