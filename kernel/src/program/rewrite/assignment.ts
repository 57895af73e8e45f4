/**
 * Compound and logical assignment: `a += b` becomes `a = $.add(a, b)`, with the target evaluated once.
 */
import type { AnyNode, AssignmentExpression, Expression, MemberExpression, Super } from 'acorn';
import { binary } from './names.ts';
import type { Edits } from './text.ts';

type Visit = (node: AnyNode) => void;

/**
 * `a += b`. A target that can be written twice without being seen (`a`, `o.x`, `o[i]`, `this.x`, `super.x`) is; for
 * any other (`f().x`, `o[g()]`) object and key go through a function, so that each is evaluated once, before `b`.
 */
export function editCompoundAssignment(node: AssignmentExpression, edits: Edits, visit: Visit): void {
  const name = binary[node.operator.slice(0, -1)] as string;
  const target = node.left;
  const operator = edits.tokenAfter(target.end);
  if (isRepeatable(target)) {
    edits.replace(operator, node.operator, `= ${edits.operators}.${name}(${repeated(target, edits)},`);
    visit(node.right);
    edits.close(node.end, ')');
    return;
  }
  if (target.type !== 'MemberExpression' || !canBeArguments(target, node)) {
    visit(target);
    visit(node.right);
    return;
  }
  // f().x += b → true && ((r, v) => r.o[r.k] = $.add(r.v, v))(((o, k) => ({ o, k, v: o[k] }))(f(), "x"), b)
  // A leading parenthesis would continue the line before where that one has no semicolon, hence `true &&`.
  edits.open(
    node.start,
    `true && ((r, v) => r.o[r.k] = ${edits.operators}.${name}(r.v, v))(((o, k) => ({ o, k, v: o[k] }))(`,
  );
  visit(target.object);
  const separator = edits.tokenAfter(target.object.end);
  if (target.computed) {
    edits.replace(separator, '[', ',(');
    visit(target.property);
    edits.replace(target.end - 1, ']', '))');
  } else {
    edits.replace(separator, '.', ',');
    const key = edits.original(target.property);
    edits.replace(target.property.start, key, `${JSON.stringify(key)})`);
  }
  edits.replace(operator, node.operator, ',');
  visit(node.right);
  edits.close(node.end, ')');
}

/** `a ||= b` → `$.test(a) || (a = b)`, so that an expression as the condition is refused. */
export function editLogicalAssignment(node: AssignmentExpression, edits: Edits, visit: Visit): void {
  const target = node.left;
  if (!isRepeatable(target) || node.start !== target.start) {
    visit(target);
    visit(node.right);
    return;
  }
  const junction = node.operator.slice(0, 2);
  edits.open(node.start, `${edits.operators}.test(${repeated(target, edits)}) ${junction} (`);
  edits.replace(edits.tokenAfter(target.end), node.operator, '=');
  visit(node.right);
  edits.close(node.end, ')');
}

/** Whether the target may stand twice in the text: evaluating it has no effect but the read itself. */
function isRepeatable(target: AnyNode): boolean {
  if (target.type === 'Identifier') return true;
  if (target.type !== 'MemberExpression') return false;
  return isName(target.object) && (!target.computed || isName(target.property) || target.property.type === 'Literal');
}

/** The target once more, without the comments and line breaks that may stand inside it. */
function repeated(target: AnyNode, edits: Edits): string {
  if (target.type !== 'MemberExpression') return edits.original(target);
  const property = edits.original(target.property);
  return edits.original(target.object) + (target.computed ? `[${property}]` : `.${property}`);
}

function isName(node: Expression | Super | MemberExpression['property']): boolean {
  return node.type === 'Identifier' || node.type === 'ThisExpression' || node.type === 'Super';
}

/** Whether object and key can be handed to a function: not `super.x`, `o().#x`, `(f().x) += 1`. */
function canBeArguments(target: MemberExpression, assignment: AssignmentExpression): boolean {
  return (
    target.object.type !== 'Super' && target.property.type !== 'PrivateIdentifier' && assignment.start === target.start
  );
}
