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
  override readonly name = 'SyntaxError';
  readonly place: Place | undefined;

  constructor(message: string, place?: Place) {
    super(message);
    this.place = place;
  }
}
