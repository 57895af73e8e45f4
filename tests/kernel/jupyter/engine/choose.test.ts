import { expect, it } from 'vitest';
import { makeEngine } from '#kernel/jupyter/engine/choose';
import type { EngineEvents } from '#kernel/jupyter/engine/engine';
import { ReplEngine } from '#kernel/jupyter/engine/repl-engine';
import { TslabEngine } from '#kernel/jupyter/engine/tslab-engine';

const events: EngineEvents = {
  stream() {},
  output() {},
  over() {},
  comm() {},
  line() {},
  lost() {},
  input() {},
};

it.each([
  [undefined, ReplEngine],
  ['', ReplEngine],
  ['repl', ReplEngine],
  ['tslab', TslabEngine],
])('%j chooses its engine', (name, kind) => {
  const engine = makeEngine(name, events);
  expect(engine).toBeInstanceOf(kind);
  engine.close();
});

it.each(['deno', 'Tslab', 'toString', ' '])('%j is no engine, and the ones there are are named', (name) => {
  expect(() => makeEngine(name, events)).toThrow(`ESTIMAND_ENGINE must be repl or tslab; got '${name}'`);
});
