import { afterEach, describe, expect, it, vi } from 'vitest';
import { type CommonOptions, checkNames, checkShare, checkWhole, signalOf } from '#kernel/estimate/options';
import { Pace } from '#kernel/estimate/pause';
import { bar, ProgressReport } from '#kernel/estimate/progress';
import { installHost } from '#kernel/host/host';

afterEach(() => {
  installHost(undefined);
  vi.useRealTimers();
});

/** A host that keeps what it was shown. */
function watchedHost(signal?: AbortSignal) {
  const shown: unknown[] = [];
  installHost({
    display(bundle) {
      shown.push(bundle['text/plain']);
      return { update: (next) => shown.push(next['text/plain']) };
    },
    signal: () => signal,
  });
  return shown;
}

describe('the progress of a run', () => {
  it('waits before it shows anything, then comes at most ten times a second', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const report = new ProgressReport();
    expect(report.due()).toBe(false);
    vi.advanceTimersByTime(301);
    expect(report.due()).toBe(true);
    report.update({ done: 1, total: 10, text: 'one' });
    expect(report.due()).toBe(false);
    vi.advanceTimersByTime(101);
    expect(report.due()).toBe(true);
  });

  it.each([
    ['replaces one line', undefined, ['a', 'b', 'c'], []],
    ['is told to the caller who wants to hear of it, and not shown then', true, [], ['a', 'b', 'c']],
  ])('%s', (_, listens, lines, words) => {
    const shown = watchedHost();
    const told: string[] = [];
    const report = new ProgressReport(listens ? ({ text }) => told.push(text) : undefined);
    report.update({ done: 1, total: 3, text: 'a' });
    report.update({ done: 2, total: 3, text: 'b' });
    report.finish({ done: 3, total: 3, text: 'c' });
    expect([shown, told]).toEqual([lines, words]);
  });

  it('of a run that was over at once is not shown', () => {
    const shown = watchedHost();
    const told: string[] = [];
    new ProgressReport(({ text }) => told.push(text)).finish({ done: 1, total: 1, text: 'done' });
    expect(shown).toEqual([]);
    expect(told).toEqual(['done']);
  });

  it('needs no host', () => {
    const report = new ProgressReport();
    report.update({ done: 1, total: 2, text: 'a' });
    report.finish({ done: 2, total: 2, text: 'b' });
  });

  it.each([
    [0, 10, '░░░░'],
    [5, 10, '▓▓░░'],
    [9, 10, '▓▓▓░'],
    [10, 10, '▓▓▓▓'],
    [0, 0, '░░░░'],
  ])('%d of %d is %s', (done, total, text) => {
    expect(bar(done, total, 4)).toBe(text);
  });
});

describe('pauses', () => {
  it('are due after a stretch of computation, and let timers and messages run', async () => {
    const pace = new Pace();
    expect(pace.due()).toBe(false);
    const until = performance.now() + 30;
    while (performance.now() < until);
    expect(pace.due()).toBe(true);
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    await pace.breathe();
    expect(turned).toBe(true);
    expect(pace.due()).toBe(false);
  });

  it('work without setImmediate, as in a browser', async () => {
    const { setImmediate } = globalThis;
    Reflect.deleteProperty(globalThis, 'setImmediate');
    try {
      await new Pace().pause();
    } finally {
      globalThis.setImmediate = setImmediate;
    }
  });
});

describe('options that mean the same everywhere', () => {
  it('the signal is the one given, else the notebook’s', () => {
    const [mine, cell] = [new AbortController().signal, new AbortController().signal];
    expect(signalOf({})).toBeUndefined();
    watchedHost(cell);
    expect(signalOf({})).toBe(cell);
    expect(signalOf({ signal: mine })).toBe(mine);
  });

  it('names that are not known are refused', () => {
    const options: CommonOptions = { seed: 1 };
    expect(() => checkNames('mle', options, ['seed'])).not.toThrow();
    expect(() => checkNames('mle', { sead: 1 }, ['seed'])).toThrow("mle: no option called 'sead'; there are: seed");
  });

  it.each([Number.NaN, 1.5, -1, Number.POSITIVE_INFINITY, '3', null])('a whole number is not %s', (value) => {
    expect(() => checkWhole('mle', 'starts', value as number, 0)).toThrow('starts must be a whole number from 0');
  });

  it.each([Number.NaN, 0, 1, -0.1, '0.5'])('a share is not %s', (value) => {
    expect(() => checkShare('sample', 'targetAcceptance', value as number)).toThrow('must lie between 0 and 1');
  });

  it('what is right is given back', () => {
    expect(checkWhole('sample', 'draws', 3, 1)).toBe(3);
    expect(checkShare('sample', 'level', 0.9)).toBe(0.9);
  });
});
