/**
 * Showing what grows, as it grows: often enough for a person, and never so often that showing takes the time.
 */

/** At least this long between two showings, ms. */
const shortest = 100;
/** Between two showings, this many times what the last one took: all of it together takes a tenth of the time. */
const share = 10;

/** Taken now: a cell may put something else in their place. */
const later = setTimeout;
const cancel = clearTimeout;
const now = performance.now.bind(performance);

export class Paced {
  readonly #show: () => void;
  #due: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param show called no earlier than a moment from now */
  constructor(show: () => void) {
    this.#show = show;
    this.#due = now() + shortest;
  }

  /** There is something new. Shown at once if it is time, for a computation lets no timer through; else when it is. */
  changed(): void {
    const wait = this.#due - now();
    if (wait <= 0) this.flush();
    else this.#timer ??= later(() => this.flush(), wait);
  }

  /** Show now. */
  flush(): void {
    cancel(this.#timer);
    this.#timer = undefined;
    const begin = now();
    this.#show();
    const end = now();
    this.#due = end + Math.max(shortest, share * (end - begin));
  }
}
