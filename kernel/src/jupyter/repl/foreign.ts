/**
 * What the values of other libraries offer to be shown as, told by their structure alone: Observable Plot and other
 * makers of elements (`outerHTML`), canvases (`toDataURL`), Vega-Lite (`toSpec`), data frames (`toHTML`,
 * `_repr_html_`), Arrow vectors. nodejs-polars speaks `Symbol.for('Jupyter.display')` itself; Arrow tables are in tables.ts.
 */
import { inspect } from 'node:util';
import type { MimeBundle } from '../../host/host.ts';
import { textOfMarkup } from '../../host/rich.ts';

/** What this file looks for; nothing of it need be there. */
interface Foreign {
  readonly outerHTML?: unknown;
  readonly nodeName?: unknown;
  readonly toDataURL?: unknown;
  readonly toSpec?: unknown;
  readonly toHTML?: unknown;
  readonly _repr_html_?: unknown;
}

const svgNamespace = 'xmlns="http://www.w3.org/2000/svg"';

/** Plain text of markup is cut here; the markup itself is whole. */
const longestText = 5000;

/** The bundle of a value that another library made, or undefined. Never throws: then it has nothing to offer. */
export function foreignBundle(value: object, text: () => string): MimeBundle | undefined {
  try {
    return (
      element(value, text) ?? canvas(value, text) ?? specification(value, text) ?? markup(value, text) ?? vector(value)
    );
  } catch {
    return undefined; // a proxy, or a hook of its own that fails: its plain text is shown
  }
}

/** An element of a document. One of SVG stands for itself; outside of a page it needs its namespace. */
function element({ outerHTML, nodeName }: Foreign, text: () => string): MimeBundle | undefined {
  if (typeof outerHTML !== 'string' || typeof nodeName !== 'string') return undefined;
  if (nodeName.toLowerCase() !== 'svg') return htmlBundle(outerHTML, text);
  const drawing = /^<svg[^>]*\sxmlns=/.test(outerHTML) ? outerHTML : outerHTML.replace('<svg', `<svg ${svgNamespace}`);
  const title = /<title[^>]*>([^<]*)<\/title>/.exec(drawing)?.[1];
  return { 'image/svg+xml': drawing, 'text/plain': title ? textOfMarkup(title) : '[SVG picture]' };
}

const dataUrl = /^data:(image\/(?:png|jpeg));base64,(.+)$/s;

function canvas(value: Foreign, text: () => string): MimeBundle | undefined {
  if (typeof value.toDataURL !== 'function') return undefined;
  const [, type, data] = dataUrl.exec(String(value.toDataURL())) ?? [];
  return type === undefined ? undefined : { [type]: data, 'text/plain': text() };
}

function specification(value: Foreign, text: () => string): MimeBundle | undefined {
  if (typeof value.toSpec !== 'function') return undefined;
  const made: unknown = value.toSpec();
  const schema = typeof made === 'object' && made !== null && '$schema' in made ? String(made.$schema) : '';
  const [, name, version] = /\/schema\/(vega-lite|vega)\/v(\d+)/.exec(schema) ?? [];
  if (name === undefined) return undefined;
  return { [`application/vnd.${name.replace('-', '')}.v${version}+json`]: made, 'text/plain': text() };
}

function markup(value: Foreign, text: () => string): MimeBundle | undefined {
  const make = [value.toHTML, value._repr_html_].find((method) => typeof method === 'function');
  const made: unknown = (make as (() => unknown) | undefined)?.call(value);
  return typeof made === 'string' ? htmlBundle(made, text) : undefined;
}

/** Values of an Arrow vector that are shown. */
const longestVector = 100;

/** An Arrow column: its type and its values, where its text would be that of its methods. */
function vector(value: object): MimeBundle | undefined {
  const { type, length, get, isValid } = value as Record<'type' | 'length' | 'get' | 'isValid', unknown>;
  if (typeof length !== 'number' || typeof get !== 'function' || typeof isValid !== 'function') return undefined;
  const values = Array.from({ length: Math.min(length, longestVector) }, (_, i) => get.call(value, i) as unknown);
  const more = length > longestVector ? `\n… cut: ${length - longestVector} more values` : '';
  return { 'text/plain': `Vector<${String(type)}>(${length}) ${inspect(values)}${more}` };
}

function htmlBundle(made: string, text: () => string): MimeBundle {
  const plain = textOfMarkup(made);
  const more = plain.length - longestText;
  const cut = more > 0 ? `${plain.slice(0, longestText)}\n… cut: ${more} more characters` : plain;
  return { 'text/html': made, 'text/plain': cut || text() };
}
