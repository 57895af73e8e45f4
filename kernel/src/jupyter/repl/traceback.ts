/**
 * What went wrong, as a notebook shows it: the error, the user's line with a caret, the way there, the cause.
 */
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import type { Failure } from '../engine/engine.ts';
import { CodeError, type Place } from './code-error.ts';
import { plainText } from './format.ts';
import { headline } from './stack.ts';

const red = (text: string): string => `\u001b[1;31m${text}\u001b[0m`;
const dim = (text: string): string => `\u001b[2m${text}\u001b[0m`;
const bold = (text: string): string => `\u001b[1m${text}\u001b[0m`;

/** Lines shown before and after the line of an error. */
const around = 2;
/** Frames shown of one stack; a runaway recursion has thousands. */
const longestStack = 30;
/** Causes followed. */
const deepestCause = 5;

/** Finds the text of what a frame calls by its label: a cell, or a file of the user's. */
export type FindText = (label: string) => string | undefined;

/** The failure for whatever was thrown: an error, or any other value. Never throws. */
export function failureOf(thrown: unknown, find: FindText): Failure {
  if (!types.isNativeError(thrown) && !(thrown instanceof Error)) {
    const text = plainText(thrown);
    const ename = thrown === null ? 'null' : typeof thrown;
    const advice = 'A value was thrown that is no Error, so where is not known: throw new Error(…) tells.';
    return { ename, evalue: text, traceback: [`${red('Uncaught')} ${text}`, dim(advice)] };
  }
  const ename = textOf(() => thrown.name) || 'Error';
  return { ename, evalue: textOf(() => thrown.message), traceback: describe(thrown, find, 0) };
}

function textOf(read: () => unknown): string {
  try {
    return String(read());
  } catch {
    return '';
  }
}

function describe(error: Error, find: FindText, depth: number): string[] {
  const head = headline(error);
  const [first = '', ...others] = head.split('\n');
  const lines = [[red(first), ...others].join('\n')];
  const frames = framesOf(error, head);

  const place = placeOf(error, frames, find);
  if (place) lines.push(excerpt(place.text, place, place.label));
  const shown = framesShown(frames);
  if (shown.length > 0) lines.push(dim(shown.join('\n')));

  if (depth < deepestCause) {
    const { cause, errors } = error as { cause?: unknown; errors?: unknown };
    if (cause instanceof Error) lines.push('Caused by:', ...describe(cause, find, depth + 1));
    else if (cause !== undefined) lines.push(`Caused by: ${plainText(cause)}`);
    for (const one of Array.isArray(errors) ? errors.slice(0, deepestCause) : []) {
      if (one instanceof Error) lines.push('One of the errors:', ...describe(one, find, depth + 1));
    }
  }
  return lines;
}

function framesOf(error: Error, head: string): string[] {
  const stack = textOf(() => error.stack);
  const body = stack.startsWith(head) ? stack.slice(head.length) : stack;
  return body.split('\n').filter((line) => /^\s+at /.test(line));
}

/** This package, and the kernel in it. */
const library = fileURLToPath(new URL('../../', import.meta.url));
const kernel = fileURLToPath(new URL('../', import.meta.url));

/** Frames of Node's own, of the kernel and of tslab say nothing to the user. */
function isNoise(frame: string): boolean {
  return /\(?node:|[\\/]tslab[\\/]dist[\\/]/.test(frame) || frame.includes(kernel);
}

/** Where a package was installed says little: `estimand/distributions/normal.js:12:9` is enough. */
function shortened(frame: string): string {
  return frame.replace(library, 'estimand/');
}

/**
 * The user's frames; those inside this library are one line below them, unless `ESTIMAND_TRACE=full` asks for all in
 * their order.
 */
function framesShown(frames: readonly string[]): string[] {
  const told = frames.filter((frame) => !isNoise(frame));
  if (process.env.ESTIMAND_TRACE === 'full') return told.slice(0, longestStack).map(shortened);
  const isInside = told.map((frame) => frame.includes(library));
  // A built-in function, such as `Array.map`, is as much the library's as what called it.
  for (let i = told.length - 2; i >= 0; i--) if (told[i]!.endsWith('(<anonymous>)')) isInside[i] = isInside[i + 1]!;
  const users = told.filter((_, i) => !isInside[i]).slice(0, longestStack);
  const inside = told.filter((_, i) => isInside[i]);
  return inside.length === 0 ? users : [...users, folded(inside)];
}

/** '    … 3 frames inside estimand, from normal (estimand/distributions/normal.js:12:9); ESTIMAND_TRACE=full shows them' */
function folded(frames: readonly string[]): string {
  const innermost = shortened(frames[0]!).replace(/^\s+at (?:async )?/, '');
  const count = `${frames.length} frame${frames.length === 1 ? '' : 's'}`;
  return `    … ${count} inside estimand, from ${innermost}; ESTIMAND_TRACE=full shows all`;
}

interface Found extends Place {
  readonly label: string;
  readonly text: string;
}

/** The innermost place in the user's own text. */
function placeOf(error: Error, frames: string[], find: FindText): Found | undefined {
  if (error instanceof CodeError && error.place && error.label !== undefined) {
    const text = find(error.label);
    return text === undefined ? undefined : { ...error.place, label: error.label, text };
  }
  for (const frame of frames) {
    const [, label, line, column] = /(?:\(|at (?:async )?)([^()]+?):(\d+):(\d+)\)?$/.exec(frame) ?? [];
    const text = label === undefined ? undefined : find(label);
    if (label !== undefined && text !== undefined)
      return { label, text, line: Number(line), column: Number(column) - 1 };
  }
  return undefined;
}

/**
 * The lines around a place, the line itself marked and a caret under the column.
 *
 *     cell[3]:2:7
 *       1 │ const x = 1;
 *     > 2 │ const y = x.z.w;
 *         │           ^
 */
export function excerpt(text: string, { line, column }: Place, label: string): string {
  const lines = text.split('\n');
  const first = Math.max(1, line - around);
  const last = Math.min(lines.length, line + around);
  const width = String(last).length;
  const shown: string[] = [bold(`${label}:${line}:${column + 1}`)];
  for (let number = first; number <= last; number++) {
    const content = cut(lines[number - 1]!);
    const gutter = `${number === line ? '>' : ' '} ${String(number).padStart(width)} │`;
    shown.push(`${number === line ? gutter : dim(gutter)} ${content}`.trimEnd());
    if (number === line && column < content.length + 1) {
      const indent = content.slice(0, column).replace(/[^\t]/g, ' ');
      shown.push(`  ${' '.repeat(width)} │ ${indent}${red('^')}`);
    }
  }
  return shown.join('\n');
}

function cut(line: string): string {
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
