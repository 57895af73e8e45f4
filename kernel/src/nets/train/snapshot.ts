/**
 * Copies of all a net and its optimiser hold, to go back to.
 */
import type { Network } from '../net.ts';
import type { Optimiser, Value } from '../types.ts';

/** Arrays by their names in the net's state. */
export type Snapshot = ReadonlyMap<string, Float32Array | Float64Array>;

export function snapshot<Out extends Value>({ state }: Network<Out>): Snapshot {
  return new Map(state.names.map((name) => [name, state.array(name).slice()]));
}

/** Put everything back; what came into the state since is set to 0. */
export function restore<Out extends Value>({ state }: Network<Out>, kept: Snapshot): void {
  for (const name of state.names) {
    const values = kept.get(name);
    if (values) state.set(name, values);
    else state.array(name).fill(0);
  }
}

/** What an optimiser kept of an earlier run goes back to its start. */
export function clearSlots<Out extends Value>({ state }: Network<Out>, optimiser: Optimiser): void {
  const starts = new Map(Object.entries(optimiser.slots).map(([slot, { initial = 0 }]) => [slot, initial]));
  for (const name of state.names) {
    const slot = /^@([^:]*):/.exec(name)?.[1];
    if (slot !== undefined) state.array(name).fill(starts.get(slot) ?? 0);
  }
}
