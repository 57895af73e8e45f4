/**
 * Run a program to its end: shown on the terminal, or kept quiet in a log that is pointed to when it fails.
 */
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ended, startChild } from './children.mjs';
import { Failure } from './failure.mjs';
import { root, stateFolder, windows } from './paths.mjs';
import { cleanVariables } from './variables.mjs';

/**
 * Run a program with its output on the terminal.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} exit code; 1 when it was ended by a signal
 */
export async function runShown(command, args, { cwd = root, env = cleanVariables() } = {}) {
  const child = startChild(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const { code } = await ended(child);
  return code ?? 1;
}

/**
 * Run a program quietly; its output goes to `.setup/log/<log>.log`.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ log: string, remedy: string, cwd?: string, env?: NodeJS.ProcessEnv }} options `remedy`: what to do when it fails for another reason than a missing network
 * @throws {Failure} when it fails, with the reason in one line
 */
export async function runQuiet(command, args, { log, remedy, cwd = root, env = cleanVariables() }) {
  const folder = join(stateFolder, 'log');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${log}.log`);
  const file = createWriteStream(path);
  const child = startChild(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout?.pipe(file, { end: false });
  child.stderr?.pipe(file, { end: false });
  /** @type {string} */
  let outcome;
  try {
    const { code, signal } = await ended(child);
    outcome = code === 0 ? '' : `exit code ${code ?? signal}`;
  } catch (error) {
    outcome = String(error instanceof Error ? error.message : error);
  }
  await new Promise((resolve) => file.end(() => resolve(undefined)));
  if (outcome === '') return;
  const text = readFileSync(path, 'utf8');
  const shown = relative(root, path);
  const why = reason(text);
  if (why === 'no network') {
    throw new Failure(
      `${log} needs the network, which does not answer.`,
      `Connect (or set the proxy), then run the command again; log: ${shown}`,
    );
  }
  throw new Failure(`${log} failed (${why ?? outcome}).`, `${remedy} Log: ${shown}`);
}

const NO_NETWORK =
  /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|NewConnectionError|Failed to establish a new connection|name resolution|Connection refused|Network is unreachable|ConnectTimeout|Could not resolve|Temporary failure resolving/i;
const NO_SPACE = /ENOSPC|No space left on device/;

/**
 * Why a program failed, from its log: 'no network', 'the disk is full', or its last telling line.
 * @param {string} text
 * @returns {string | undefined}
 */
export function reason(text) {
  if (NO_SPACE.test(text)) return 'the disk is full';
  if (NO_NETWORK.test(text)) return 'no network';
  const lines = text.split('\n').map((line) => line.trim());
  return (
    lines.findLast((line) => /\berror\b/i.test(line))?.slice(0, 300) ??
    lines.findLast((line) => line !== '')?.slice(0, 300)
  );
}

/**
 * npm's own command line: the npm that started us, else the one on the PATH.
 * (npm.cmd cannot be spawned without a shell on Windows, but npm-cli.js can.)
 * @param {readonly string[]} args
 * @returns {[string, string[]]}
 */
export function npmCommand(args) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) return [process.execPath, [cli, ...args]];
  return windows ? ['cmd.exe', ['/d', '/c', 'npm', ...args]] : ['npm', [...args]];
}
