/**
 * The loop of training as an object: where it stands, and what happens in a batch, an update and an epoch.
 */
import { signalOf } from '../../estimate/options.ts';
import { Pace } from '../../estimate/pause.ts';
import { ProgressReport } from '../../estimate/progress.ts';
import { formatNumber } from '../../estimate/table.ts';
import { progressText } from '../../host/progress.ts';
import { foldIn, key as keyOf } from '../../numeric/random.ts';
import type { Network } from '../net.ts';
import { holdSlots } from '../training-step.ts';
import type { Optimiser, Value } from '../types.ts';
import { type Callback, type Run, readCallbacks } from './callbacks.ts';
import { augmentOf, orderOf, rateOf } from './choices.ts';
import { type Evaluator, evaluator, measureEpoch } from './evaluate.ts';
import { type Examples, readExamples, splitExamples, type TrainingData } from './examples.ts';
import { History, type TrainingEnding } from './history.ts';
import { brokenLoss, brokenParameters, findSource, type Source, type TrainingError } from './not-finite.ts';
import { isWhole, readOptions, type Settings, type TrainOptions } from './options.ts';
import { type EpochRow, firstState, type RunState, type StepEvent } from './run.ts';
import { clearSlots, restore, snapshot } from './snapshot.ts';
import { type Stepper, stepper } from './steps.ts';
import { wholeRun } from './whole.ts';

/** One run of training. */
export class Loop<Out extends Value> implements Run {
  readonly net: Network<Value>;
  readonly #net: Network<Out>;
  readonly #options: TrainOptions<Out>;
  readonly #settings: Settings;
  readonly #callbacks: readonly Callback[];
  readonly #examples: Examples;
  readonly #held: Examples | undefined;
  readonly #evaluate: Evaluator;
  /** Of an epoch. */
  readonly #batches: number;
  readonly #began = performance.now();
  readonly #report: ProgressReport;
  readonly #pace = new Pace();
  readonly #signal: AbortSignal | undefined;
  readonly #stepLosses: number[] = [];
  /** Between two batches. */
  #state: RunState;
  readonly #firstStep: number;
  /** Of an epoch that `steps` cut short. */
  #partial: EpochRow | undefined;
  ending: TrainingEnding = 'complete';
  #reason: string | undefined;

  constructor(net: Network<Out>, data: TrainingData, options: TrainOptions<Out>) {
    this.#settings = readOptions(net, options);
    this.#net = net;
    this.net = net as unknown as Network<Value>;
    this.#options = options;
    const { batchSize, dropLast, reproducible } = this.#settings;
    const { loss, validation, optimiser, resume } = options;
    const all = readExamples(net, loss, data, 'train');
    [this.#examples, this.#held] =
      typeof validation === 'number'
        ? splitExamples(all, validation, this.#key())
        : [all, validation && readExamples(net, loss, validation, 'validation')];
    const { rows } = this.#examples;
    this.#batches = dropLast ? Math.floor(rows / batchSize) : Math.ceil(rows / batchSize);
    if (!(this.#batches >= 1)) {
      throw new RangeError(`train: ${rows} examples are less than one batch of ${batchSize}; make batches smaller`);
    }
    this.#evaluate = evaluator(net, loss, reproducible);
    this.#callbacks = readCallbacks(options.callbacks ?? []);
    this.#state = resume?.run ?? firstState;
    this.#firstStep = this.#state.step;
    if (!resume && !isWhole(optimiser)) clearSlots(net, optimiser);
    for (const callback of this.#callbacks) {
      const { callbacks } = this.#state;
      const remembered = Object.hasOwn(callbacks, callback.name) ? callbacks[callback.name] : undefined;
      if (remembered) callback.restore?.(remembered);
    }
    this.#signal = signalOf(options);
    this.#report = new ProgressReport(options.onProgress);
  }

  get epoch(): number {
    return this.#state.epoch;
  }

  get step(): number {
    return this.#state.step;
  }

  get rows(): RunState['rows'] {
    return this.#state.rows;
  }

  get settings(): Readonly<Record<string, unknown>> {
    return this.#settings.words;
  }

  state(): RunState {
    const saved = this.#callbacks.flatMap(({ name, save }) => (save ? [[name, save()] as const] : []));
    return { ...this.#state, callbacks: Object.fromEntries(saved) };
  }

  stop(reason: string): void {
    this.ending = 'stopped early';
    this.#reason ??= reason;
  }

  /** Run to an end. */
  async run(): Promise<History> {
    const { optimiser } = this.#options;
    await this.#each('begin');
    try {
      if (isWhole(optimiser)) await this.#iterate();
      else await this.#epochs(optimiser);
    } finally {
      this.#report.finish(this.#lastWords());
      await this.#each('end');
    }
    return new History({
      run: this.state(),
      partial: this.#partial,
      ending: this.ending,
      ...(this.#reason !== undefined && { reason: this.#reason }),
      stepLosses: this.#stepLosses,
      seconds: (performance.now() - this.#began) / 1000,
      title: this.#settings.title,
    });
  }

  #key() {
    return foldIn(keyOf(this.#settings.seed), 'train');
  }

  async #each(work: 'begin' | 'epoch' | 'end'): Promise<void> {
    for (const callback of this.#callbacks) await callback[work]?.(this);
  }

  #finished(): boolean {
    const { steps, epochs = 0 } = this.#options;
    return steps === undefined ? this.epoch >= epochs : this.step >= steps;
  }

  #progress() {
    const { steps, epochs = 0 } = this.#options;
    const total = steps ?? epochs * Math.ceil(this.#batches / this.#settings.accumulate);
    const done = this.step - this.#firstStep;
    const words = progressText('training', done, total - this.#firstStep, performance.now() - this.#began);
    const latest = this.#stepLosses.at(-1);
    const loss = latest === undefined ? '' : `, loss ${formatNumber(latest)}`;
    return { done: this.step, total, text: `${words}; epoch ${Math.min(this.epoch + 1, epochs || Infinity)}${loss}` };
  }

  /** A run that ended early has come to its end: its bar is full, and says why. */
  #lastWords() {
    if (this.ending !== 'stopped early') return this.#progress();
    const done = this.step - this.#firstStep;
    const words = progressText('training', done, done, performance.now() - this.#began);
    const reason = this.#reason === undefined ? '' : `: ${this.#reason}`;
    return { done: this.step, total: this.step, text: `${words}; stopped early after epoch ${this.epoch}${reason}` };
  }

  /** Turn the event loop where it is time. @returns true when the run should end */
  async #breathe(): Promise<boolean> {
    if (this.#report.due()) this.#report.update(this.#progress());
    if (this.#pace.due()) await this.#pace.pause();
    if (this.#signal?.aborted) this.ending = 'interrupted';
    return this.ending !== 'complete';
  }

  #rate(base: number, step: number): number {
    return rateOf(this.#options, this.#state, base, step);
  }

  async #epochs(optimiser: Optimiser): Promise<void> {
    const { loss, clip, steps: most = Number.POSITIVE_INFINITY } = this.#options;
    const { accumulate, reproducible } = this.#settings;
    holdSlots(this.#net, optimiser);
    const augment = augmentOf(this.#net, this.#options, this.#key());
    const shared = { net: this.#net, loss, optimiser, clip, accumulate, reproducible };
    const steps = stepper({ ...shared, ...(augment && { augment }) });
    while (!this.#finished()) {
      const order = orderOf(this.#settings, this.#key(), this.epoch, this.#examples.rows);
      const kept = { net: snapshot(this.#net), state: this.#state };
      let rate = 0;
      while (this.#state.batch < this.#batches && this.step < most) {
        if (await this.#breathe()) return;
        rate = this.#rate(optimiser.rate, this.step);
        const { value, rows } = this.#update(steps, order, this.#state, rate);
        if (!Number.isFinite(value)) this.#fail(steps, order, kept, optimiser.rate, value);
        this.#moveOn(value, rows, rate);
      }
      if (this.#state.batch < this.#batches) {
        this.#partial = await this.#measure(rate); // `steps` end within an epoch, which a resumed run finishes
        return;
      }
      await this.#finishEpoch(rate);
      if (await this.#breathe()) return;
    }
  }

  /** Where a batch stands in an order. */
  #range(batch: number): readonly [from: number, to: number] {
    const from = batch * this.#settings.batchSize;
    return [from, Math.min(from + this.#settings.batchSize, this.#examples.rows)];
  }

  /** One update: a batch, or as many as are accumulated. @returns the mean loss over its examples, NaN at the first */
  #update(steps: Stepper, order: ArrayLike<number>, at: RunState, rate: number): { value: number; rows: number } {
    const progress = { step: at.step + 1, rate };
    const last = Math.min(at.batch + this.#settings.accumulate, this.#batches);
    let sum = 0;
    let rows = 0;
    for (let batch = at.batch; batch < last; batch++) {
      const [from, to] = this.#range(batch);
      sum += steps.batch(this.#examples, order, from, to, progress) * (to - from);
      rows += to - from;
    }
    steps.update(progress);
    return { value: sum / rows, rows };
  }

  #moveOn(loss: number, rows: number, rate: number): void {
    const { batch, step, lossSum, examples } = this.#state;
    this.#state = {
      ...this.#state,
      batch: Math.min(batch + this.#settings.accumulate, this.#batches),
      step: step + 1,
      lossSum: lossSum + loss * rows,
      examples: examples + rows,
    };
    this.#stepLosses.push(loss);
    const { onStep } = this.#options;
    if (!onStep && this.#callbacks.length === 0) return;
    const event: StepEvent = { type: 'step', epoch: this.epoch + 1, batch: batch + 1, step: step + 1, loss, rate };
    onStep?.(event);
    for (const callback of this.#callbacks) callback.step?.(this, event);
  }

  /** The row of the present epoch. */
  async #measure(rate: number): Promise<EpochRow> {
    const loss = this.#state.lossSum / this.#state.examples;
    const measured = await measureEpoch(this.#options, this.#evaluate, this.#examples, this.#held);
    return { epoch: this.epoch + 1, step: this.step, rate, values: { loss, ...measured } };
  }

  async #finishEpoch(rate: number): Promise<void> {
    const row = await this.#measure(rate);
    const { schedule } = this.#options;
    const observe = typeof schedule === 'object' ? schedule.observe : undefined;
    const watched = row.values['validation loss'] ?? row.values.loss!;
    this.#state = {
      ...this.#state,
      epoch: row.epoch,
      batch: 0,
      lossSum: 0,
      examples: 0,
      schedule: observe ? observe(this.#state.schedule, watched) : this.#state.schedule,
      rows: [...this.rows, row],
    };
    await this.#each('epoch');
  }

  /** L-BFGS: an iteration an epoch. */
  async #iterate(): Promise<void> {
    const { loss, optimiser, onStep } = this.#options;
    if (!isWhole(optimiser)) return;
    const whole = wholeRun(this.#net, loss, this.#examples, optimiser, this.#settings.reproducible);
    while (!this.#finished() && !(await this.#breathe())) {
      const { loss: value, ending } = whole.iterate();
      if (!Number.isFinite(value)) throw this.#broken(value, findSource(this.#net, loss, this.#examples, [0], 1), 1);
      const { epoch, step } = this.#state;
      this.#state = { ...this.#state, step: step + 1, lossSum: value, examples: 1 };
      this.#stepLosses.push(value);
      onStep?.({ type: 'step', epoch: epoch + 1, batch: 1, step: step + 1, loss: value, rate: 1 });
      await this.#finishEpoch(1);
      if (ending !== 'running') this.stop(ending);
    }
  }

  /**
   * The loss is not finite, and the update has spoilt the parameters. What steps do is determined: go again from the
   * beginning of the epoch to just before this one, and look there.
   */
  #fail(
    steps: Stepper,
    order: ArrayLike<number>,
    kept: { readonly net: ReturnType<typeof snapshot>; readonly state: RunState },
    base: number,
    value: number,
  ): never {
    restore(this.#net, kept.net);
    const { accumulate } = this.#settings;
    let at = kept.state;
    for (; at.step < this.step; at = { ...at, step: at.step + 1, batch: at.batch + accumulate }) {
      this.#update(steps, order, at, this.#rate(base, at.step));
    }
    const [from, to] = [this.#range(at.batch)[0], this.#range(Math.min(at.batch + accumulate, this.#batches) - 1)[1]];
    const rows = Array.from({ length: to - from }, (_, i) => order[from + i]!);
    const found = findSource(this.#net, this.#options.loss, this.#examples, rows, this.step + 1);
    const [broken] = brokenParameters(this.#net);
    if (broken !== undefined) restore(this.#net, kept.net);
    const words =
      broken === undefined ? found.words : `${found.words}; before that, an update made '${broken}' not finite`;
    throw this.#broken(value, { layer: found.layer, words }, this.#rate(base, this.step));
  }

  #broken(value: number, source: Source, rate: number): TrainingError {
    return brokenLoss(value, source, { epoch: this.epoch + 1, step: this.step + 1, rate, clip: this.#options.clip });
  }
}
