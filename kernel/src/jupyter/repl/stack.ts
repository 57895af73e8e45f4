/**
 * Stacks in the user's own lines: `Error.prepareStackTrace`, so that every reader of `error.stack` sees them.
 */
import { fileURLToPath } from 'node:url';
import type { Sources } from './sources.ts';

type Prepare = (error: Error, sites: NodeJS.CallSite[]) => string;

/** The function that starts an evaluation: it and all below it are not the user's. */
const bottom = 'node:inspector';

/** Make the text of a stack, with places led back to what was written. */
export function stackPreparer(sources: Sources): Prepare {
  return (error, sites) => {
    const end = sites.findIndex((site) => site.getFileName() === bottom);
    const frames = (end < 0 ? sites : sites.slice(0, end)).map((site) => `\n    at ${describe(site, sources)}`);
    return `${headline(error)}${frames.join('')}`;
  };
}

/** The frames of the code that runs now, the innermost first, without those that wait for a promise. */
export function currentFrames(): readonly NodeJS.CallSite[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder: { readonly stack?: readonly NodeJS.CallSite[] } = {};
  try {
    Error.prepareStackTrace = (_, sites) => sites;
    Error.stackTraceLimit = Number.POSITIVE_INFINITY;
    Error.captureStackTrace(holder, currentFrames);
    const sites = holder.stack ?? [];
    const end = sites.findIndex(isAsync);
    return end < 0 ? sites : sites.slice(0, end);
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Node's types do not know of it. */
function isAsync(site: NodeJS.CallSite): boolean {
  return (site as NodeJS.CallSite & { isAsync(): boolean }).isAsync();
}

/** `TypeError: message`, as V8 writes it, whatever the error's name and message do. */
export function headline(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return '<error>';
  }
}

function describe(site: NodeJS.CallSite, sources: Sources): string {
  const text = site.toString(); // f (cell[3]:2:5)
  const name = site.getScriptNameOrSourceURL();
  const line = site.getLineNumber();
  const column = site.getColumnNumber();
  if (name === null || name === undefined || line === null || column === null) return text;
  const found = sources.find(name, { line, column: column - 1 });
  if (found) {
    return text.replace(
      `${name}:${line}:${column}`,
      `${found.source.label}:${found.place.line}:${found.place.column + 1}`,
    );
  }
  return name.startsWith('file:') ? text.replace(name, shortPath(name)) : text;
}

function shortPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}
