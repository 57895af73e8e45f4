/**
 * Walks the syntax tree and writes operations in place of operators, inside the functions that are to be rewritten.
 *
 * Nodes that begin or end at the same character are nested, so prefixes are written on the way down and closing
 * parentheses on the way up. `operators` stands for the text that evaluates to the operators, `$` in the examples.
 */
import type { AnyNode, BinaryExpression, Expression, Function as FunctionNode, Program } from 'acorn';
import { type RecursiveVisitors, recursive } from 'acorn-walk';
import type MagicString from 'magic-string';
import { editCompoundAssignment, editLogicalAssignment } from './assignment.ts';
import { binary, compound, directive, logicalAssignment, stages, unary } from './names.ts';
import { Edits } from './text.ts';

/** Whether the walk stands inside a function that is rewritten. */
type Inside = boolean;

/** Rewrite `program` in `text`. */
export function edit(program: Program, text: MagicString, operators: string): void {
  const edits = new Edits(text, operators);
  recursive<Inside>(program, false, visitors(edits));
}

function visitors(edits: Edits): RecursiveVisitors<Inside> {
  /** Visit `node`, wrapped in `$.test(…)`, which gives its value back unless it is an expression. */
  const condition = (node: Expression, visit: (node: AnyNode) => void): void => {
    // `(a, b) ? …`: a comma would become a second argument, so only the value of the sequence is wrapped.
    if (node.type === 'SequenceExpression') {
      for (const part of node.expressions.slice(0, -1)) visit(part);
      condition(node.expressions.at(-1) as Expression, visit);
      return;
    }
    edits.open(node.start, `${edits.operators}.test(`);
    visit(node);
    edits.close(node.end, ')');
  };
  const tested =
    <N extends AnyNode & { test?: Expression | null | undefined }>(
      parts: (node: N) => (AnyNode | null | undefined)[],
    ) =>
    (node: N, inside: Inside, visit: (node: AnyNode, inside: Inside) => void): void => {
      if (node.test && inside) condition(node.test, (child) => visit(child, inside));
      else if (node.test) visit(node.test, inside);
      for (const part of parts(node)) if (part) visit(part, inside);
    };

  return {
    Function(node, inside, visit) {
      const within = inside || hasDirective(node);
      if (node.id) visit(node.id, within);
      for (const parameter of node.params) visit(parameter, within);
      visit(node.body, within);
    },
    CallExpression(node, inside, visit) {
      visit(node.callee, inside);
      const stage = isStage(node.callee);
      for (const argument of node.arguments) visit(argument, inside || (stage && isFunction(argument)));
    },
    BinaryExpression(node, inside, visit) {
      const name = inside && !asksForPresence(node) ? binary[node.operator] : undefined;
      if (name === undefined) {
        visit(node.left, inside);
        visit(node.right, inside);
        return;
      }
      edits.open(node.start, `${edits.operators}.${name}(`);
      visit(node.left, inside);
      edits.replace(edits.tokenAfter(node.left.end), node.operator, ',');
      visit(node.right, inside);
      edits.close(node.end, ')');
    },
    UnaryExpression(node, inside, visit) {
      const name = inside && node.argument.type !== 'Literal' ? unary[node.operator] : undefined;
      if (name !== undefined) {
        edits.open(node.start, `${edits.operators}.${name}(`);
        edits.replace(node.start, node.operator, '');
      }
      visit(node.argument, inside);
      if (name !== undefined) edits.close(node.end, ')');
    },
    MemberExpression(node, inside, visit) {
      if (inside && isMathFunction(node)) {
        edits.replace(node.object.start, 'Math', `${edits.operators}.math`);
        return;
      }
      visit(node.object, inside);
      if (node.computed) visit(node.property, inside);
    },
    AssignmentExpression(node, inside, visit) {
      const child = (part: AnyNode): void => visit(part, inside);
      if (inside && compound.has(node.operator)) editCompoundAssignment(node, edits, child);
      else if (inside && logicalAssignment.has(node.operator)) editLogicalAssignment(node, edits, child);
      else {
        child(node.left);
        child(node.right);
      }
    },
    LogicalExpression(node, inside, visit) {
      if (inside && node.operator !== '??') condition(node.left, (child) => visit(child, inside));
      else visit(node.left, inside);
      visit(node.right, inside);
    },
    SwitchStatement(node, inside, visit) {
      if (inside) condition(node.discriminant, (child) => visit(child, inside));
      else visit(node.discriminant, inside);
      for (const branch of node.cases) visit(branch, inside);
    },
    // `switch (true) { case mu > 0: … }` compares with ===, which an expression would silently fail.
    SwitchCase: tested((node) => node.consequent),
    IfStatement: tested((node) => [node.consequent, node.alternate]),
    ConditionalExpression: tested((node) => [node.consequent, node.alternate]),
    WhileStatement: tested((node) => [node.body]),
    DoWhileStatement: tested((node) => [node.body]),
    ForStatement: tested((node) => [node.init, node.update, node.body]),
  };
}

/** `x === undefined`, `x == null`: asks whether there is a value, never what it is. */
function asksForPresence(node: BinaryExpression): boolean {
  return /^[=!]==?$/.test(node.operator) && (isNullish(node.left) || isNullish(node.right));
}

function isNullish(node: AnyNode): boolean {
  return (
    (node.type === 'Literal' && node.value === null && node.raw === 'null') ||
    (node.type === 'Identifier' && node.name === 'undefined')
  );
}

function isFunction(node: AnyNode): boolean {
  return node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';
}

function isStage(callee: AnyNode): boolean {
  return (
    callee.type === 'MemberExpression' &&
    !callee.computed &&
    callee.property.type === 'Identifier' &&
    stages.has(callee.property.name)
  );
}

/** A `'use expression'` among the directives at the head of the body. */
function hasDirective(node: FunctionNode): boolean {
  if (node.body.type !== 'BlockStatement') return false;
  for (const statement of node.body.body) {
    if (statement.type !== 'ExpressionStatement' || statement.directive === undefined) return false;
    if (statement.directive === directive) return true;
  }
  return false;
}

/** `Math.exp`, called or not. `Math` is taken to be the global one. */
function isMathFunction(node: AnyNode): boolean {
  return (
    node.type === 'MemberExpression' &&
    !node.computed &&
    node.object.type === 'Identifier' &&
    node.object.name === 'Math' &&
    node.property.type === 'Identifier' &&
    typeof (Math as unknown as Record<string, unknown>)[node.property.name] === 'function'
  );
}
