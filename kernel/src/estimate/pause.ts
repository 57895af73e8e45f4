/**
 * Pauses in which the event loop can turn: messages arrive, an interrupt is heard, progress is shown.
 */

/** Longest stretch of computation between two pauses, in milliseconds. */
const stretch = 25;

/** Let the event loop turn once. A macrotask without a timer's delay, in Node, browsers and Web Workers. */
function turn(): Promise<void> {
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(undefined);
  });
}

/** Says when a pause is due. */
export class Pace {
  private last = performance.now();

  /** True when the stretch since the last pause has been long enough. */
  due(): boolean {
    return performance.now() - this.last >= stretch;
  }

  /** Pause now. */
  async pause(): Promise<void> {
    await turn();
    this.last = performance.now();
  }

  /** Pause where one is due. */
  async breathe(): Promise<void> {
    if (this.due()) await this.pause();
  }
}
