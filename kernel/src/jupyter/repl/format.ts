/**
 * A value as a MIME bundle: what it says of itself through `Symbol.for('Jupyter.display')`, else what its structure
 * offers (an element, a picture, a table), else its text.
 */
import { inspect, types } from 'node:util';
import { jupyterDisplay, metadataOf, withMetadata } from '../../host/display.ts';
import type { MimeBundle } from '../../host/host.ts';
import { foreignBundle } from './foreign.ts';
import { tableBundle } from './tables.ts';

/** Longest plain text of one value, in UTF-16 units. */
const longestText = 50_000;

/** Plain text of a value: never throws, and never runs long over a large one. */
export function plainText(value: unknown): string {
  let text: string;
  try {
    text = inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000, breakLength: 80 });
  } catch (error) {
    text = `[cannot be shown: ${error instanceof Error ? error.message : String(error)}]`;
  }
  if (text.length <= longestText) return text;
  return `${text.slice(0, longestText)}\n… cut: ${text.length - longestText} more characters`;
}

/**
 * The bundle of a value; a promise where the value needs time to draw itself.
 *
 * @throws whatever the value's own hook throws, and TypeError when that gives no bundle
 */
export function bundleOf(value: unknown): MimeBundle | Promise<MimeBundle> {
  const hook = hookOf(value);
  if (hook === undefined) return structured(value);
  const made: unknown = hook.call(value);
  return types.isPromise(made) ? made.then((bundle) => complete(bundle, value)) : complete(made, value);
}

function structured(value: unknown): MimeBundle {
  const text = (): string => plainText(value);
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return { 'text/plain': text() };
  return foreignBundle(value, text) ?? tableBundle(value) ?? { 'text/plain': text() };
}

function hookOf(value: unknown): (() => unknown) | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  try {
    const hook = (value as { [jupyterDisplay]?: unknown })[jupyterDisplay];
    return typeof hook === 'function' ? (hook as () => unknown) : undefined;
  } catch {
    return undefined; // a proxy that lets nobody look
  }
}

function complete(bundle: unknown, value: unknown): MimeBundle {
  if (typeof bundle !== 'object' || bundle === null || Array.isArray(bundle)) {
    throw new TypeError(
      `Symbol.for('Jupyter.display') must give an object of media types, such as { 'text/plain': '…' }; it gave ${plainText(bundle)}`,
    );
  }
  return encodeBundle(bundle as MimeBundle, () => plainText(value));
}

/**
 * A bundle ready for JSON: bytes as base64, nothing undefined, metadata kept, and a `text/plain` beside every other
 * form, for what shows nothing else (a terminal, a screen reader, a grader).
 */
export function encodeBundle(bundle: MimeBundle, text: () => string): MimeBundle {
  const encoded: Record<string, unknown> = {};
  for (const [type, data] of Object.entries(bundle)) {
    if (data === undefined) continue;
    encoded[type] = data instanceof Uint8Array ? Buffer.from(data).toString('base64') : data;
  }
  encoded['text/plain'] ??= text();
  return withMetadata(encoded, metadataOf(bundle));
}
