/**
 * Schedules of the learning rate: pure functions of how far training has come, with the formulas of PyTorch's
 * `lr_scheduler`. The rate is an input of the compiled step, so a schedule costs nothing.
 */
import { checkAbove, checkAtLeast } from './optimisers/define.ts';

/** What a schedule may remember: plain numbers, which a checkpoint keeps. */
export type ScheduleState = Readonly<Record<string, number>>;

/** How the rate changes. `at` counts epochs or steps from 0, as `per` says; `base` is the optimiser's own rate. */
export interface Schedule {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly per: 'epoch' | 'step';
  rate(at: number, base: number, state: ScheduleState): number;
  /** For schedules that look at results: what is remembered, given the value watched after an epoch. */
  observe?(state: ScheduleState, value: number): ScheduleState;
}

/** A function of one's own: the rate from how far training has come. */
export type OwnSchedule = (progress: {
  readonly epoch: number;
  readonly step: number;
  readonly base: number;
}) => number;

/** Whether a schedule counts epochs (default) or steps. */
interface Counting {
  readonly per?: 'epoch' | 'step';
}

function checkCount(caller: string, name: string, value: number, least = 1): void {
  if (!(Number.isInteger(value) && value >= least)) {
    throw new RangeError(`${caller}: ${name} must be a whole number ≥ ${least}, got ${String(value)}`);
  }
}

/**
 * The rate times `factor` after every so many epochs (`StepLR`).
 *
 * @param options factor default 0.1
 * @example stepDecay({ every: 30 });
 */
export function stepDecay(options: Counting & { readonly every: number; readonly factor?: number }): Schedule {
  const { every, factor = 0.1, per = 'epoch' } = options;
  checkCount('stepDecay', 'every', every);
  checkAbove('stepDecay', 'factor', factor);
  return {
    name: 'stepDecay',
    options: { every, factor, per },
    per,
    rate: (at, base) => base * factor ** Math.floor(at / every),
  };
}

/**
 * The rate times `factor` at each of the milestones (`MultiStepLR`).
 *
 * @param options milestones as counts of epochs, factor default 0.1
 * @example multiStepDecay({ milestones: [30, 80] });
 */
export function multiStepDecay(
  options: Counting & { readonly milestones: readonly number[]; readonly factor?: number },
): Schedule {
  const { milestones, factor = 0.1, per = 'epoch' } = options;
  milestones.forEach((milestone, i) => {
    checkCount('multiStepDecay', `milestones[${i}]`, milestone, 0);
  });
  checkAbove('multiStepDecay', 'factor', factor);
  return {
    name: 'multiStepDecay',
    options: { milestones, factor, per },
    per,
    rate: (at, base) => base * factor ** milestones.filter((milestone) => milestone <= at).length,
  };
}

/**
 * The rate times `factor` after each epoch (`ExponentialLR`).
 *
 * @example exponentialDecay({ factor: 0.95 });
 */
export function exponentialDecay(options: Counting & { readonly factor: number }): Schedule {
  const { factor, per = 'epoch' } = options;
  checkAbove('exponentialDecay', 'factor', factor);
  return { name: 'exponentialDecay', options: { factor, per }, per, rate: (at, base) => base * factor ** at };
}

/** From `from` to `to` along half a cosine, as `share` goes from 0 to 1. */
function cosineBetween(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
}

/**
 * From the rate to `least` along half a cosine (`CosineAnnealingLR`); with restarts it starts again after each period,
 * each `growth` times as long as the one before (`CosineAnnealingWarmRestarts`; Loshchilov & Hutter 2017).
 *
 * @param options period in epochs, least default 0, restarts default false, growth a whole number, default 1
 * @example cosineDecay({ period: 10, restarts: true, growth: 2 });
 */
export function cosineDecay(
  options: Counting & {
    readonly period: number;
    readonly least?: number;
    readonly restarts?: boolean;
    readonly growth?: number;
  },
): Schedule {
  const { period, least = 0, restarts = false, growth = 1, per = 'epoch' } = options;
  checkCount('cosineDecay', 'period', period);
  checkCount('cosineDecay', 'growth', growth);
  checkAtLeast('cosineDecay', 'least', least);
  return {
    name: 'cosineDecay',
    options: { period, least, restarts, growth, per },
    per,
    rate(at, base) {
      if (!restarts) return cosineBetween(base, least, at / period);
      let length = period;
      let since = at;
      if (growth === 1) since %= period;
      else for (; since >= length; length *= growth) since -= length;
      return cosineBetween(base, least, since / length);
    },
  };
}

/**
 * A straight rise to the rate, then the rate itself or another schedule (`LinearLR`, in `SequentialLR`).
 *
 * @param options over: how many epochs or steps it takes; from: share of the rate at the start, default 1/3; before: what
 * follows, counted from its own 0 and as its `per` says; per: by default that of what follows, else steps
 * @throws RangeError where what follows is counted otherwise
 * @example warmUp({ over: 100, before: cosineDecay({ period: 900, per: 'step' }) });
 */
export function warmUp(
  options: Counting & { readonly over: number; readonly from?: number; readonly before?: Schedule },
): Schedule {
  const { over, from = 1 / 3, before } = options;
  const per = options.per ?? before?.per ?? 'step';
  checkCount('warmUp', 'over', over);
  if (!(from >= 0 && from <= 1)) throw new RangeError(`warmUp: from must lie in [0, 1], got ${String(from)}`);
  if (before && before.per !== per) {
    throw new RangeError(`warmUp counts ${per}s and what follows ${before.per}s; give both the same per`);
  }
  const { observe } = before ?? {};
  return {
    name: 'warmUp',
    options: { over, from, per, ...(before && { before: { name: before.name, ...before.options } }) },
    per,
    rate: (at, base, state) =>
      at < over ? base * (from + (1 - from) * (at / over)) : before ? before.rate(at - over, base, state) : base,
    ...(observe && { observe }),
  };
}

/**
 * One rise to the greatest rate and one fall to next to nothing (`OneCycleLR`; Smith & Topin 2019). The optimiser's own
 * rate is not used.
 *
 * @param options greatest rate; over: all steps of the run; rise: share of the rise, default 0.3; shape 'cosine' or
 * 'linear'; start: greatest / first rate, default 25; end: first / last rate, default 1e4; threePhase: down to the
 * first rate as fast as up, then to the last one
 * @example oneCycle({ greatest: 0.1, over: 20 * 57 });
 */
export function oneCycle(
  options: Counting & {
    readonly greatest: number;
    readonly over: number;
    readonly rise?: number;
    readonly shape?: 'cosine' | 'linear';
    readonly start?: number;
    readonly end?: number;
    readonly threePhase?: boolean;
  },
): Schedule {
  const { greatest, over, rise = 0.3, shape = 'cosine', start = 25, end = 1e4, threePhase = false } = options;
  const { per = 'step' } = options;
  checkAbove('oneCycle', 'greatest', greatest);
  checkCount('oneCycle', 'over', over, 2);
  checkAbove('oneCycle', 'start', start);
  checkAbove('oneCycle', 'end', end);
  if (!(rise >= 0 && rise <= 1)) throw new RangeError(`oneCycle: rise must lie in [0, 1], got ${String(rise)}`);
  const first = greatest / start;
  const last = first / end;
  const phases = threePhase
    ? [
        { until: rise * over - 1, from: first, to: greatest },
        { until: 2 * rise * over - 2, from: greatest, to: first },
        { until: over - 1, from: first, to: last },
      ]
    : [
        { until: rise * over - 1, from: first, to: greatest },
        { until: over - 1, from: greatest, to: last },
      ];
  const between = shape === 'cosine' ? cosineBetween : (a: number, b: number, share: number) => a + (b - a) * share;
  return {
    name: 'oneCycle',
    options: { greatest, over, rise, shape, start, end, threePhase, per },
    per,
    rate(at) {
      let before = 0;
      for (const { until, from, to } of phases) {
        if (at <= until) return between(from, to, (at - before) / (until - before));
        before = until;
      }
      return last;
    },
  };
}

/**
 * The rate times `factor` once the value watched (the validation loss, without validation the training loss) has not
 * become better for more than `patience` epochs (`ReduceLROnPlateau`).
 *
 * @param options factor default 0.1; patience 10; threshold: relative gain that counts, 1e-4; better: 'smaller';
 * rest: epochs after a change in which nothing counts, 0; least rate 0
 * @example plateau({ patience: 3 });
 */
export function plateau(
  options: {
    readonly factor?: number;
    readonly patience?: number;
    readonly threshold?: number;
    readonly better?: 'smaller' | 'larger';
    readonly rest?: number;
    readonly least?: number;
  } = {},
): Schedule {
  const { factor = 0.1, patience = 10, threshold = 1e-4, better = 'smaller', rest = 0, least = 0 } = options;
  if (!(factor > 0 && factor < 1)) throw new RangeError(`plateau: factor must lie in (0, 1), got ${String(factor)}`);
  checkCount('plateau', 'patience', patience, 0);
  checkCount('plateau', 'rest', rest, 0);
  checkAtLeast('plateau', 'threshold', threshold);
  checkAtLeast('plateau', 'least', least);
  const gains = (value: number, best: number) =>
    better === 'smaller' ? value < best * (1 - threshold) : value > best * (1 + threshold);
  return {
    name: 'plateau',
    options: { factor, patience, threshold, better, rest, least },
    per: 'epoch',
    // A change of less than 1e-8 is none, as in PyTorch.
    rate(_, base, { cuts = 0 }) {
      let rate = base;
      for (let i = 0; i < cuts; i++) {
        const next = Math.max(rate * factor, least);
        if (rate - next > 1e-8) rate = next;
      }
      return rate;
    },
    observe({ best, waited = 0, resting = 0, cuts = 0 }, value) {
      const gained = best === undefined ? !Number.isNaN(value) : gains(value, best);
      const record = gained ? { best: value } : best === undefined ? {} : { best };
      const left = resting > 0 ? resting - 1 : 0;
      const waiting = gained || resting > 0 ? 0 : waited + 1;
      if (waiting > patience) return { ...record, waited: 0, resting: rest, cuts: cuts + 1 };
      return { ...record, waited: waiting, resting: left, cuts };
    },
  };
}
