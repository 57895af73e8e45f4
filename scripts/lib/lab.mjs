/**
 * JupyterLab with everything it writes inside the repository.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ended, startChild } from './children.mjs';
import { complain, Failure, say } from './failure.mjs';
import { python, root } from './paths.mjs';
import { environmentVariables } from './variables.mjs';

/** What the server logs shortly before it listens; the first address is the one a person can click. */
const ADDRESS = /\bhttps?:\/\/\S+\/(lab|tree|doc)\b\S*/;
const PORT_TAKEN = /could not be started because (no available port|port)/;

/**
 * Run JupyterLab until it ends.
 * @param {readonly string[]} args for JupyterLab
 * @returns {Promise<number>} exit code
 */
export async function runLab(args) {
  const env = environmentVariables();
  configure(env.JUPYTER_CONFIG_DIR ?? '');
  // stdin stays open as long as we live: its end tells run_lab.py that we are gone.
  const child = startChild(python, [join(root, 'scripts', 'run_lab.py'), ...args], {
    alone: true, // at Ctrl-C it would ask whether we are sure
    cwd: root,
    env: { ...env, PYTHONUNBUFFERED: '1' },
    stdio: ['pipe', 'inherit', 'pipe'],
  });
  let portTaken = false;
  let told = false;
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      complain(line);
      portTaken ||= PORT_TAKEN.test(line);
      const address = told ? undefined : ADDRESS.exec(line)?.[0];
      if (address) {
        told = true;
        whenItAnswers(new URL(address), () => say(`JupyterLab: ${address}\n(Ctrl-C ends it.)`));
      }
    });
  }
  const { code } = await ended(child);
  if (portTaken) throw new Failure('No free port for JupyterLab.', 'Name one that is free: npm start -- --port 8999');
  return code ?? 1;
}

const KNOCK_MILLISECONDS = 50;

/**
 * Call back as soon as somebody listens.
 * @param {URL} address
 * @param {() => void} then
 */
function whenItAnswers(address, then) {
  const socket = connect(Number(address.port || 80), address.hostname.replace(/^\[|\]$/g, ''));
  socket.once('connect', () => {
    socket.destroy();
    then();
  });
  socket.once('error', () => setTimeout(whenItAnswers, KNOCK_MILLISECONDS, address, then).unref());
}

/**
 * Defaults as files in our own configuration folder, for on the command line they could not be overridden.
 * @param {string} folder
 */
function configure(folder) {
  const server = { ServerApp: { root_dir: join(root, 'notebooks'), allow_root: true } };
  const page = { disabledExtensions: { '@jupyterlab/apputils-extension:announcements': true } }; // no news, no question
  mkdirSync(join(folder, 'labconfig'), { recursive: true });
  writeFileSync(join(folder, 'jupyter_server_config.json'), `${JSON.stringify(server, undefined, 2)}\n`);
  writeFileSync(join(folder, 'labconfig', 'page_config.json'), `${JSON.stringify(page, undefined, 2)}\n`);
}
