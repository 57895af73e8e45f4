/**
 * A cell that cannot be run as it is written.
 */

/** A place in a cell's own text. */
export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 0, in UTF-16 units. */
  readonly column: number;
}

export class CodeError extends SyntaxError {
  override readonly name: string = 'SyntaxError';
  readonly place: Place | undefined;
  /** The cell or file that `place` is in. */
  label: string | undefined;

  constructor(message: string, place?: Place) {
    super(message);
    this.place = place;
  }

  /** Say which text the place is in. */
  inside(label: string): this {
    this.label ??= label;
    return this;
  }
}
