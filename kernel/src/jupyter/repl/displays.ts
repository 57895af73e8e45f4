/**
 * Displays that can be replaced while a computation runs.
 */
import type { LiveDisplay, MimeBundle } from '../../host/host.ts';

/** At most this many updates a second of one display reach the notebook; JupyterLab keeps up with 10 to 20. */
const updatesPerSecond = 15;
const interval = 1000 / updatesPerSecond;

const now = performance.now.bind(performance);
const later = setTimeout;

/** Sends a bundle to the notebook, as a new display or as the next state of one. */
export type Show = (bundle: MimeBundle, update: boolean) => void;

/** A live display that drops the states nobody could see, and never the last one. */
export class Throttled implements LiveDisplay {
  readonly #show: Show;
  #sent: number;
  #waiting: MimeBundle | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Shows `bundle` at once. */
  constructor(bundle: MimeBundle, show: Show) {
    this.#show = show;
    this.#show(bundle, false);
    this.#sent = now();
  }

  update(bundle: MimeBundle): void {
    this.#waiting = bundle;
    const due = this.#sent + interval - now();
    if (due <= 0) this.flush();
    else this.#timer ??= later(() => this.flush(), due).unref();
  }

  /** Send the last state, if it has not been sent. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting === undefined) return;
    const bundle = this.#waiting;
    this.#waiting = undefined;
    this.#sent = now();
    this.#show(bundle, true);
  }
}
