/**
 * Checkpoints: a net's parameters and buffers, the optimiser's arrays, and how far a run has come, as one safetensors
 * file. Parameters stand under their own paths, as other programs write them; what else there is under names with '/'.
 */

import { formatShape, sameShape } from '../../program/shape.ts';
import type { Network } from '../net.ts';
import type { Run } from '../train/callbacks.ts';
import { type CallbackState, firstState, type RunState } from '../train/run.ts';
import type { Value } from '../types.ts';
import { readWhole, writeWhole } from './file.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor, type TensorFile } from './safetensors.ts';

/** What a file says of a net and its run. */
export interface Checkpoint {
  /** Parameters and buffers by path. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Arrays of the optimiser, by their names in the net's state. */
  readonly slots: Readonly<Record<string, Tensor>>;
  /** Where training stood; zero epochs where the file is of no run. */
  readonly run: RunState;
  /** The net's seed, and the hyper-parameters of the run, as they were. */
  readonly seed: number | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Texts of one's own. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The key our own metadata stands under, as JSON. */
const OWN = 'estimand';
const VERSION = 1;
const SLOT = 'optimiser/';
const CALLBACK = 'callback/';

interface OwnMetadata {
  readonly version: number;
  readonly seed: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly run: RunState;
}

/** What else goes into a file. */
export interface CheckpointOptions {
  /** The run it is made in: a callback is given it. */
  readonly run?: Pick<Run, 'state' | 'settings'>;
  /** Texts of one's own, such as where the data come from. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * A net as the bytes of a safetensors file.
 *
 * @example encodeCheckpoint(net, { metadata: { data: 'digits' } });
 */
export function encodeCheckpoint<Out extends Value>(
  net: Network<Out>,
  { run, metadata = {} }: CheckpointOptions = {},
): Uint8Array<ArrayBuffer> {
  const { state } = net;
  const tensors: Record<string, Tensor> = {};
  for (const name of state.names) {
    const slot = name.startsWith('@');
    if (slot && !run) continue;
    tensors[slot ? SLOT + name.slice(1) : name] = {
      shape: state.variable(name).shape,
      values: state.array(name).slice(),
    };
  }
  const whole = run?.state() ?? firstState;
  const callbacks: Record<string, CallbackState> = {};
  for (const [name, { numbers, arrays = {} }] of Object.entries(whole.callbacks)) {
    callbacks[name] = { numbers };
    for (const [key, values] of Object.entries(arrays)) {
      tensors[`${CALLBACK}${name}/${key}`] = { shape: [values.length], values };
    }
  }
  const own: OwnMetadata = {
    version: VERSION,
    seed: net.seed,
    settings: run?.settings ?? {},
    run: { ...whole, callbacks },
  };
  return encodeSafetensors({ tensors, metadata: { ...metadata, [OWN]: JSON.stringify(own, writeNumber) } });
}

/** JSON has no ∞ and no NaN. */
function writeNumber(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value;
}

function readNumber(_: string, value: unknown): unknown {
  const text =
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === 1 &&
    (value as { number?: unknown }).number;
  return typeof text === 'string' ? Number(text) : value;
}

/**
 * A checkpoint from the bytes of a file; of any program's, where there are tensors alone.
 *
 * @throws RangeError for bytes that are no whole safetensors file, and for files of a later version
 */
export function decodeCheckpoint(bytes: Uint8Array, source = 'the file'): Checkpoint {
  const file: TensorFile = decodeSafetensors(bytes, source);
  const { [OWN]: text, ...metadata } = file.metadata;
  const own = text === undefined ? undefined : (JSON.parse(text, readNumber) as OwnMetadata);
  if (own && !(own.version <= VERSION)) {
    throw new RangeError(
      `checkpoint: ${source} is of version ${own.version}, read are those up to ${VERSION}; update Estimand`,
    );
  }
  const tensors: Record<string, Tensor> = {};
  const slots: Record<string, Tensor> = {};
  const run = own?.run ?? firstState;
  const callbacks: Record<string, CallbackState> = { ...run.callbacks };
  for (const [name, tensor] of Object.entries(file.tensors)) {
    if (own && name.startsWith(SLOT)) slots[`@${name.slice(SLOT.length)}`] = tensor;
    else if (own && name.startsWith(CALLBACK)) {
      const rest = name.slice(CALLBACK.length);
      const callback = rest.slice(0, rest.indexOf('/'));
      const { numbers = {}, arrays = {} } = callbacks[callback] ?? {};
      callbacks[callback] = { numbers, arrays: { ...arrays, [rest.slice(callback.length + 1)]: tensor.values } };
    } else tensors[name] = tensor;
  }
  return { tensors, slots, run: { ...run, callbacks }, seed: own?.seed, settings: own?.settings ?? {}, metadata };
}

/**
 * Put a checkpoint's numbers into a net, and the optimiser's beside them; all or none.
 *
 * @throws RangeError for a checkpoint of another architecture: what is missing, what is more, and which shapes differ
 * @example applyCheckpoint(net, decodeCheckpoint(bytes));
 */
export function applyCheckpoint<Out extends Value>(net: Network<Out>, { tensors, slots }: Checkpoint): void {
  const { state, inventory } = net;
  const own = [...inventory.parameters, ...inventory.buffers].map(({ path }) => path);
  // Another program may have written a tied parameter under its other paths as well.
  const given = new Map(Object.entries(tensors));
  const missing = own.filter((path) => !given.has(path));
  const more = [...given.keys()].filter((path) => !inventory.canonical.has(path) && !isCount(path, given));
  const other = own.filter((path) => given.has(path) && !sameShape(given.get(path)!.shape, state.variable(path).shape));
  const differences = [
    ...(missing.length > 0 ? [`the file has no ${listed(missing)}`] : []),
    ...(more.length > 0 ? [`the net has no ${listed(more)}`] : []),
    ...other
      .slice(0, 5)
      .map(
        (path) =>
          `'${path}' has shape ${formatShape(given.get(path)!.shape)} in the file and ${formatShape(state.variable(path).shape)} in the net`,
      ),
  ];
  if (differences.length > 0) {
    throw new RangeError(`checkpoint: it is of another architecture: ${differences.join('; ')}`);
  }
  for (const path of own) state.set(path, given.get(path)!.values);
  for (const [name, { shape, values }] of Object.entries(slots)) {
    if (state.names.includes(name)) state.set(name, values);
    else state.add({ [name]: { shape, values } });
  }
}

/** PyTorch counts the batches of a batch normalisation, and needs the number for nothing but averages without momentum. */
function isCount(path: string, given: ReadonlyMap<string, Tensor>): boolean {
  const name = 'num_batches_tracked';
  return (
    path.endsWith(name) &&
    given.has(`${path.slice(0, -name.length)}running_mean`) &&
    given.get(path)!.shape.length === 0
  );
}

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, 5).map((path) => `'${path}'`);
  return paths.length > 5 ? `${shown.join(', ')} and ${paths.length - 5} more` : shown.join(', ');
}

/**
 * Write a net to a safetensors file: whole, or not at all.
 *
 * @throws Error where it cannot be written: an earlier file is as it was
 * @example await saveNet(net, 'digits.safetensors');
 */
export async function saveNet<Out extends Value>(
  net: Network<Out>,
  path: string,
  options: CheckpointOptions = {},
): Promise<void> {
  await writeWhole(path, encodeCheckpoint(net, options));
}

/**
 * Read a safetensors file into a net of the same architecture.
 *
 * @returns the checkpoint; given to `train` as `resume`, its run goes on
 * @throws RangeError for a file of another architecture, or that is damaged; Error where it cannot be read
 * @example
 * await loadNet(net, 'digits.safetensors');
 * await train(net, data, { ...options, resume: await loadNet(net, 'run.safetensors') }); // goes on bit for bit
 */
export async function loadNet<Out extends Value>(net: Network<Out>, path: string): Promise<Checkpoint> {
  const checkpoint = decodeCheckpoint(await readWhole(path), path);
  applyCheckpoint(net, checkpoint);
  return checkpoint;
}
