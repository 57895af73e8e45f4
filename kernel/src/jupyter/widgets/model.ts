/**
 * One widget model: its state, kept the same here and in the front end over a comm.
 * Source: ipywidgets, "Model state and the widget protocol", version 2.1.0.
 */
import type { Comm, CommMessage } from '../../host/comms.ts';
import { currentHost } from '../../host/host.ts';
import { insertBuffers, separateBuffers } from './buffers.ts';

const protocol = { version: '2.1.0' };
const modelTarget = 'jupyter.widget';
const controlTarget = 'jupyter.widget.control';

export type State = Readonly<Record<string, unknown>>;

/** Which class of the front end a model is. */
export interface ModelKind {
  readonly module: string;
  readonly version: string;
  readonly model: string;
  readonly view: string;
  readonly viewModule?: string;
}

/**
 * What the front end may change: for each property, how what came is checked. It gives the value to take, or
 * `undefined` to refuse it. Properties that are not named cannot be changed from outside.
 */
export type Accepted = Readonly<Record<string, (value: unknown) => unknown>>;

/** What happens to a model from outside. */
export interface ModelEvents {
  /** Properties have changed, here or in the front end. */
  changed?(names: readonly string[]): void;
  /** The front end tells of something that is not state, such as a click. */
  custom?(content: Readonly<Record<string, unknown>>, buffers: readonly Uint8Array[]): void;
}

/** Models the front end knows, by their id. */
const open = new Map<string, Model>();
let controlled = false;

export class Model {
  /** The id of the model and of its comm. */
  readonly id: string = crypto.randomUUID().replaceAll('-', '');
  readonly #state: Record<string, unknown>;
  readonly #accepted: Accepted;
  readonly #events: ModelEvents;
  #comm: Comm | undefined;

  constructor(kind: ModelKind, state: State, accepted: Accepted = {}, events: ModelEvents = {}) {
    this.#state = {
      _model_module: kind.module,
      _model_module_version: kind.version,
      _model_name: kind.model,
      _view_module: kind.viewModule ?? kind.module,
      _view_module_version: kind.version,
      _view_name: kind.view,
      ...state,
    };
    this.#accepted = accepted;
    this.#events = events;
  }

  get(name: string): unknown {
    return this.#state[name];
  }

  /** Change properties, here and in the front end. What is as it was is not sent. */
  set(changes: State): void {
    const names = Object.keys(changes).filter((name) => !Object.is(this.#state[name], changes[name]));
    if (names.length === 0) return;
    for (const name of names) this.#state[name] = changes[name];
    this.#send('update', names);
    this.#events.changed?.(names);
  }

  /** Make the model known to the front end, and before it all it refers to; once. Nothing happens outside a notebook. */
  open(): void {
    const comms = currentHost()?.comms;
    if (!comms || (this.#comm && !this.#comm.closed)) return;
    if (!controlled) {
      controlled = true;
      comms.register(controlTarget, (comm) => comm.onMessage((message) => control(comm, message)));
    }
    for (const other of modelsIn(Object.values(this.#state))) other.open();
    const { state, paths, buffers } = separateBuffers(this.#encoded());
    const data = { state, buffer_paths: paths };
    this.#comm = comms.open(modelTarget, data, { id: this.id, metadata: protocol, buffers });
    open.set(this.id, this);
    this.#comm.onMessage((message) => this.#receive(message));
    this.#comm.onClose(() => void open.delete(this.id));
  }

  /** Take the model, and all that shows it, out of the front end. */
  close(): void {
    open.delete(this.id);
    this.#comm?.close();
  }

  /** Tell the front end something that is not state. */
  custom(content: object, buffers: readonly ArrayBufferView[] = []): void {
    this.#comm?.send({ method: 'custom', content }, { buffers });
  }

  /** The whole state as it travels; other models are named by their ids. */
  #encoded(names = Object.keys(this.#state)): Record<string, unknown> {
    return Object.fromEntries(names.map((name) => [name, reference(this.#state[name])]));
  }

  /** @internal for `control` */
  snapshot(): Record<string, unknown> {
    const { _model_name, _model_module, _model_module_version } = this.#state;
    return {
      model_name: _model_name,
      model_module: _model_module,
      model_module_version: _model_module_version,
      state: this.#encoded(),
    };
  }

  #send(method: 'update' | 'echo_update', names?: readonly string[], given?: State): void {
    if (!this.#comm || this.#comm.closed) return;
    if (method === 'update') for (const other of modelsIn(Object.values(this.#state))) other.open();
    const { state, paths, buffers } = separateBuffers(given ?? this.#encoded(names as string[]));
    this.#comm.send({ method, state, buffer_paths: paths }, { buffers });
  }

  #receive({ data, buffers }: CommMessage): void {
    switch (data.method) {
      case 'update':
        if (isObject(data.state)) this.#update(insertBuffers(data.state, data.buffer_paths, buffers));
        break;
      case 'request_state':
        this.#send('update');
        break;
      case 'custom':
        if (isObject(data.content)) this.#events.custom?.(data.content, buffers);
    }
  }

  #update(state: State): void {
    const names = Object.keys(state).filter((name) => Object.hasOwn(this.#state, name));
    // Other views of the model follow at once, whatever our handlers take.
    this.#send('echo_update', names, Object.fromEntries(names.map((name) => [name, state[name]])));
    const changed: string[] = [];
    const corrected: string[] = [];
    for (const name of names) {
      const taken = Object.hasOwn(this.#accepted, name) ? this.#accepted[name]!(state[name]) : undefined;
      if (!isAlmost(taken, state[name])) corrected.push(name);
      if (taken === undefined || Object.is(taken, this.#state[name])) continue;
      this.#state[name] = taken;
      changed.push(name);
    }
    if (corrected.length > 0) this.#send('update', corrected);
    if (changed.length > 0) this.#events.changed?.(changed);
  }
}

/** Answer a page that was loaded anew and asks for all models there are. */
function control(comm: Comm, { data }: CommMessage): void {
  if (data.method !== 'request_states') return;
  const all = Object.fromEntries([...open].map(([id, model]) => [id, model.snapshot()]));
  const { state, paths, buffers } = separateBuffers(all);
  comm.send({ method: 'update_states', states: state, buffer_paths: paths }, { buffers });
}

function reference(value: unknown): unknown {
  if (value instanceof Model) return `IPY_MODEL_${value.id}`;
  return Array.isArray(value) ? value.map(reference) : value;
}

function modelsIn(values: readonly unknown[]): Model[] {
  return values.flat().filter((value) => value instanceof Model);
}

/** The same, or but for rounding: correcting that would only stop the hand that moves a slider. */
function isAlmost(taken: unknown, given: unknown): boolean {
  if (typeof taken !== 'number' || typeof given !== 'number') return taken === given;
  return Math.abs(taken - given) <= 1e-9 * Math.abs(given);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
