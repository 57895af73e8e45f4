/**
 * Elements as JavaScript: the text of each is a variable or a literal.
 */
import type { Elements, Fold } from './small.ts';
import { literal, type Writer } from './writer.ts';

const joined: Readonly<Record<Fold, (terms: readonly string[]) => string>> = {
  add: (terms) => terms.join(' + '),
  mul: (terms) => terms.join(' * '),
  maximum: (terms) => `Math.max(${terms.join(', ')})`,
  minimum: (terms) => `Math.min(${terms.join(', ')})`,
};

/** Writes elements as variables of the function in the making. */
export class TextElements implements Elements<string> {
  readonly #writer: Writer;

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  constant(x: number): string {
    return literal(x);
  }

  apply(operation: string, operands: readonly (readonly string[])[]): string[] {
    return operands[0]!.map((_, at) =>
      this.#writer.bind(
        this.#writer.apply(
          operation,
          operands.map((operand) => operand[at]!),
        ),
      ),
    );
  }

  fold(operation: Fold, start: number, lists: readonly (readonly string[])[]): string[] {
    return lists.map((list) =>
      list.length === 0 ? literal(start) : this.#writer.bind(joined[operation]([literal(start), ...list])),
    );
  }
}
