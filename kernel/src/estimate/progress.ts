/**
 * One line of progress below the running cell, replaced as it changes and at the end.
 */
import { currentHost, type LiveDisplay } from '../host/host.ts';
import type { Progress } from './options.ts';

/** Milliseconds between two updates: ten a second is what a notebook keeps up with. */
const interval = 100;
/** Milliseconds before the first: what is over at once needs no progress. */
const patience = 300;

/** Throttled reports of one run: to the caller where one listens, else as a line below the cell. */
export class ProgressReport {
  private readonly onProgress: ((progress: Progress) => void) | undefined;
  private display: LiveDisplay | undefined;
  private next = performance.now() + patience;

  constructor(onProgress?: (progress: Progress) => void) {
    this.onProgress = onProgress;
  }

  /** True when an update is due: callers make the text only then. */
  due(): boolean {
    return performance.now() >= this.next;
  }

  update(progress: Progress): void {
    this.next = performance.now() + interval;
    const bundle = { 'text/plain': progress.text };
    if (this.onProgress) this.onProgress(progress);
    else if (this.display) this.display.update(bundle);
    else this.display = currentHost()?.display(bundle);
  }

  /** The last word: replaces the line where one was shown; always told to `onProgress`. */
  finish(progress: Progress): void {
    this.display?.update({ 'text/plain': progress.text });
    this.onProgress?.(progress);
  }
}

/** `▓▓▓▓░░░░░░`, filled in proportion. */
export function bar(done: number, total: number, width = 20): string {
  const filled = total > 0 ? Math.min(width, Math.floor((width * done) / total)) : 0;
  return '▓'.repeat(filled) + '░'.repeat(width - filled);
}
