/**
 * Edits of the text that keep every line where it is.
 */
import type MagicString from 'magic-string';

/** Blanks, comments and parentheses, which may stand between an operand and its operator. */
const gap = /(?:\s|\)|\/\/.*|\/\*[\s\S]*?\*\/)*/y;

const identifierCharacter = /[\w$\u0080-\uffff]/;

export class Edits {
  /** Text that evaluates to the operators. */
  readonly operators: string;
  readonly #text: MagicString;

  constructor(text: MagicString, operators: string) {
    this.#text = text;
    this.operators = operators;
  }

  /** The original text of a node. */
  original(node: { readonly start: number; readonly end: number }): string {
    return this.#text.original.slice(node.start, node.end);
  }

  /** Insert before a node, inside what was inserted before it for the nodes around; `return-x` needs a blank. */
  open(position: number, insert: string): void {
    const before = this.#text.original[position - 1] ?? '';
    this.#text.appendLeft(position, identifierCharacter.test(before) ? ` ${insert}` : insert);
  }

  /** Insert after a node; the innermost node comes first. */
  close(position: number, insert: string): void {
    this.#text.appendLeft(position, insert);
  }

  /** Replace the token `old` at `position`. */
  replace(position: number, old: string, insert: string): void {
    if (!this.#text.original.startsWith(old, position)) {
      throw new Error(`rewrite: expected '${old}' at character ${position}; please report this text as a bug`);
    }
    this.#text.update(position, position + old.length, insert);
  }

  /** Where the token after an operand stands: past blanks, comments and closing parentheses. */
  tokenAfter(position: number): number {
    gap.lastIndex = position;
    gap.test(this.#text.original);
    return gap.lastIndex;
  }
}
