/**
 * A place for outputs inside a widget: what a function shows, prints, returns or throws, as it comes.
 */
import { type CapturedOutput, currentHost, type DisplayContent } from '../../host/host.ts';
import { Paced } from './paced.ts';
import { Widget, type WidgetOptions } from './widget.ts';

/** An output as notebook files keep it (nbformat 4). */
export type NotebookOutput = Readonly<Record<string, unknown>> & { readonly output_type: string };

/** Most outputs that are kept; those that come after are counted. */
const most = 500;
/** Most printed text that is kept, in UTF-16 units: all of it is sent each time more has come. */
const mostText = 100_000;

/** Gathers captured outputs as a notebook does: streams joined, displays updated by their ids, cleared on request. */
export class OutputList {
  #outputs: NotebookOutput[] = [];
  readonly #ids = new Map<string, number[]>();
  #clearing = false;
  /** Outputs, and characters, that came when there was no more room. */
  #left = 0;
  #leftText = 0;
  #text = 0;

  get outputs(): readonly NotebookOutput[] {
    const left = [
      ...(this.#leftText > 0 ? [`${this.#leftText} more characters`] : []),
      ...(this.#left > 0 ? [`${this.#left} more outputs`] : []),
    ];
    if (left.length === 0) return this.#outputs;
    return [...this.#outputs, { output_type: 'stream', name: 'stdout', text: `\n… cut: ${left.join(', ')}\n` }];
  }

  add(output: CapturedOutput): void {
    if (output.type === 'clear_output') {
      this.#clearing = (output.content as { wait?: unknown }).wait === true;
      if (!this.#clearing) this.#clear();
      return;
    }
    if (output.type === 'update_display_data') {
      this.#update(output.content);
      return;
    }
    if (this.#clearing) this.#clear();
    if (output.type === 'stream') output = { ...output, text: this.#kept(output.text) };
    if (output.type === 'stream' && output.text === '') return;
    const last = this.#outputs.at(-1);
    if (output.type === 'stream' && last?.output_type === 'stream' && last.name === output.name) {
      this.#outputs[this.#outputs.length - 1] = { ...last, text: `${String(last.text)}${output.text}` };
      return;
    }
    if (this.#outputs.length >= most) {
      this.#left++;
      return;
    }
    if (output.type === 'display_data') this.#remember(output.content);
    this.#outputs.push(notebookOutput(output));
  }

  /** As much of a text as there is room for. */
  #kept(text: string): string {
    const kept = text.slice(0, mostText - this.#text);
    this.#text += kept.length;
    this.#leftText += text.length - kept.length;
    return kept;
  }

  #clear(): void {
    this.#clearing = false;
    this.#outputs = [];
    this.#ids.clear();
    this.#left = 0;
    this.#leftText = 0;
    this.#text = 0;
  }

  #remember({ transient }: DisplayContent): void {
    const id = transient?.display_id;
    if (id !== undefined) this.#ids.set(id, [...(this.#ids.get(id) ?? []), this.#outputs.length]);
  }

  #update({ data, metadata, transient }: DisplayContent): void {
    for (const place of this.#ids.get(transient?.display_id ?? '') ?? []) {
      this.#outputs[place] = { output_type: 'display_data', data, metadata };
    }
  }
}

function notebookOutput(output: Exclude<CapturedOutput, { type: 'clear_output' }>): NotebookOutput {
  switch (output.type) {
    case 'stream':
      return { output_type: 'stream', name: output.name, text: output.text };
    case 'error':
      return { output_type: 'error', ...output.content };
    default:
      return { output_type: 'display_data', data: output.content.data, metadata: output.content.metadata };
  }
}

/** A widget that shows outputs. */
export class OutputArea extends Widget {
  #run = 0;

  constructor(options: Pick<WidgetOptions, 'layout'> = {}) {
    const kind = { module: '@jupyter-widgets/output', version: '1.0.0', model: 'OutputModel', view: 'OutputView' };
    super({ ...options, name: 'Output', kind, state: { msg_id: '', outputs: [] } });
  }

  get outputs(): readonly NotebookOutput[] {
    return this.model.get('outputs') as readonly NotebookOutput[];
  }

  /**
   * Run `work`, awaited, and show what it shows, prints, returns or throws in place of what is here, as it comes. The
   * old outputs stay until there are new ones and a moment has passed, so a quick run does not flicker. Outside a
   * notebook it just runs.
   */
  async run(work: () => unknown): Promise<void> {
    const capture = currentHost()?.capture;
    if (!capture) {
      await work();
      return;
    }
    const run = ++this.#run;
    const list = new OutputList();
    const shown = new Paced(() => {
      if (run === this.#run) this.model.set({ outputs: [...list.outputs] });
    });
    await capture(work, (output) => {
      list.add(output);
      shown.changed(); // also late, from a timer it has left behind
    });
    shown.flush();
  }

  /** Show nothing. */
  clear(): void {
    this.#run++;
    this.model.set({ outputs: [] });
  }

  override toString(): string {
    return this.outputs.map(plainText).join('\n');
  }
}

function plainText(output: NotebookOutput): string {
  if (output.output_type === 'stream') return String(output.text).trimEnd();
  if (output.output_type === 'error') return `${String(output.ename)}: ${String(output.evalue)}`;
  return String((output.data as Record<string, unknown>)['text/plain'] ?? '');
}

/**
 * A place for outputs inside a widget.
 *
 * @example
 * const area = outputArea();
 * area.run(() => console.log('in the area'));
 */
export function outputArea(options: Pick<WidgetOptions, 'layout'> = {}): OutputArea {
  return new OutputArea(options);
}
