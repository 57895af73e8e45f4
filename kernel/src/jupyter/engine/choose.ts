/**
 * Which engine runs the cells: ESTIMAND_ENGINE says, and without it the `repl` engine does.
 */
import type { Engine, EngineEvents } from './engine.ts';
import { ReplEngine } from './repl-engine.ts';
import { TslabEngine } from './tslab-engine.ts';

const engines = { repl: ReplEngine, tslab: TslabEngine };

/** Start an engine. @throws RangeError when `name` is none */
export function makeEngine(name: string | undefined, events: EngineEvents): Engine {
  const chosen = name || 'repl';
  if (!Object.hasOwn(engines, chosen)) {
    throw new RangeError(`ESTIMAND_ENGINE must be ${Object.keys(engines).join(' or ')}; got '${chosen}'`);
  }
  return new engines[chosen as keyof typeof engines](events);
}
