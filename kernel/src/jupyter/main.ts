/**
 * The kernel's entry: `node main.js CONNECTION_FILE`. This process owns the sockets and never runs user code.
 */
import { makeEngine } from './engine/choose.ts';
import { readConnection } from './wire/connection.ts';
import { Kernel } from './wire/kernel.ts';
import { log } from './wire/log.ts';
import { Signer } from './wire/message.ts';
import { watchParent } from './wire/parent.ts';
import { openSockets, type Sockets } from './wire/sockets.ts';

/** How long what was sent may take to leave when we go, ms. */
const farewell = 1000;

async function main(path: string): Promise<void> {
  const connection = readConnection(path);
  // The engine starts while the sockets are being made; nothing of it is used before both are there.
  const engine = makeEngine(process.env.ESTIMAND_ENGINE, {
    stream: (cell, name, text) => kernel.stream(cell, name, text),
    output: (output) => kernel.output(output),
    over: (cell) => kernel.over(cell),
    comm: (note) => kernel.comm(note),
    line: (id, target) => kernel.line(id, target),
    lost: () => kernel.lost(),
    input: (cell, prompt, password) => kernel.input(cell, prompt, password),
  });
  process.on('exit', () => engine.close());

  const waiting: (() => void)[] = [];
  let ready = (task: () => void): void => void waiting.push(task);
  const sockets: Sockets = await openSockets(connection, {
    receive: (channel, frames) => ready(() => kernel.receive(channel, frames)),
    subscribed: (topic) => ready(() => kernel.subscribed(topic)),
    lost: (channel, error) => log(`${channel}: a message was lost: ${String(error)}`),
  });
  const leave = (): void => {
    engine.close();
    sockets.close(); // and with nothing left to do, the process ends once all is sent
    setTimeout(() => process.exit(0), farewell).unref();
  };
  const kernel = new Kernel(engine, {
    transport: sockets,
    signer: new Signer(connection.key, connection.hash),
    shutdown: leave,
  });
  kernel.starting();
  ready = (task) => task();
  for (const task of waiting) task();

  process.on('SIGINT', () => kernel.interrupt());
  process.on('SIGTERM', leave);
  process.on('SIGHUP', leave); // the terminal is gone
  watchParent(leave);
  log('kernel ready');
}

// A fault of ours must neither end the session nor be written where the user's output goes.
process.on('uncaughtException', (error) => log(`uncaught: ${error.stack}`));
process.on('unhandledRejection', (reason) => log(`rejected: ${String(reason)}`));

const [path] = process.argv.slice(2);
if (path === undefined) {
  process.exitCode = 2;
  process.stdout.write('usage: node main.js CONNECTION_FILE\n');
} else {
  main(path).catch((error: unknown) => {
    log(`cannot start: ${String(error)}`);
    process.stdout.write(`estimand: cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
}
