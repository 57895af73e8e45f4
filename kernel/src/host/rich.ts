/**
 * Values that are shown as what they say: HTML, Markdown, LaTeX, pictures, JSON trees.
 *
 * Each is a function of text, and those that are markup are tags too: html`<b>${name}</b>` puts `name` in as text,
 * never as markup. A plain text stands beside every one of them, for terminals, screen readers and graders.
 */
import { jupyterDisplay, withMetadata } from './display.ts';
import type { MimeBundle } from './host.ts';

/** A value that draws itself: the last expression of a cell, or an argument of `display`. */
export class Rich {
  readonly #bundle: MimeBundle;

  constructor(bundle: MimeBundle) {
    this.#bundle = bundle;
  }

  toString(): string {
    return String(this.#bundle['text/plain']);
  }

  [jupyterDisplay](): MimeBundle {
    return this.#bundle;
  }
}

/** Markup as text, or as a template whose values are put in by `inserted`. */
type Tag = (markup: string | TemplateStringsArray, ...values: readonly unknown[]) => Rich;

function tag(type: string, inserted: (value: unknown) => string, plain: (markup: string) => string): Tag {
  return (markup, ...values) => {
    const text = typeof markup === 'string' ? markup : join(markup, values, inserted);
    const made = new Rich({ [type]: text, 'text/plain': plain(text) });
    sources.set(made, { type, text });
    return made;
  };
}

/** What each piece of markup was made of, so that one can stand inside another. */
const sources = new WeakMap<object, { readonly type: string; readonly text: string }>();

function join(parts: TemplateStringsArray, values: readonly unknown[], inserted: (value: unknown) => string): string {
  // `raw`: in LaTeX and Markdown a backslash is a backslash.
  return parts.raw.reduce((text, part, i) => `${text}${inserted(values[i - 1])}${part}`);
}

/** The markup of a piece of HTML or SVG; anything else as text, lists one after the other. */
function asMarkup(value: unknown): string {
  if (Array.isArray(value)) return value.map(asMarkup).join('');
  const source = typeof value === 'object' && value !== null ? sources.get(value) : undefined;
  if (source?.type === 'text/html' || source?.type === 'image/svg+xml') return source.text;
  return escapeMarkup(String(value));
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/**
 * HTML. In a template, values are text (`<` is shown, not obeyed), except pieces made by `html` and `svg`.
 *
 * @example
 * html`<ul>${names.map((name) => html`<li>${name}</li>`)}</ul>`
 */
export const html: Tag = tag('text/html', asMarkup, textOfMarkup);

/**
 * Markdown, with LaTeX between `$`.
 *
 * @example
 * markdown(`The mean is **${mean.toFixed(2)}**.`)
 */
export const markdown: Tag = tag('text/markdown', String, (text) => text);

/**
 * LaTeX mathematics; where there is no `$`, `\(` or `\begin`, it is set as one display formula.
 *
 * @example
 * latex`\hat\mu = \frac1n \sum_i x_i`
 */
export const latex: Tag = (markup, ...values) => {
  const text = typeof markup === 'string' ? markup : join(markup, values, String);
  const set = /\$|\\\(|\\\[|\\begin\{/.test(text) ? text : `$$${text}$$`;
  return new Rich({ 'text/latex': set, 'text/plain': text });
};

/**
 * A drawing in SVG. Its plain text is its `<title>`, if it has one.
 *
 * @example
 * svg`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><title>A dot</title><circle cx="5" cy="5" r="4"/></svg>`
 */
export const svg: Tag = tag('image/svg+xml', asMarkup, (text) => {
  const title = /<title[^>]*>([^<]*)<\/title>/.exec(text)?.[1];
  return title ? textOfMarkup(title) : '[SVG picture]';
});

export interface PictureOptions {
  /** Size on the page, in CSS pixels; default: the picture's own. */
  readonly width?: number;
  readonly height?: number;
  /** What the picture shows, in words: its plain text. */
  readonly alt?: string;
}

/**
 * A PNG picture, from its bytes or from base64.
 *
 * @throws TypeError when the bytes are no PNG
 * @example
 * png(await readFile('map.png'), { width: 400, alt: 'A map of the schools' })
 */
export function png(data: Uint8Array | string, options: PictureOptions = {}): Rich {
  const isPng = typeof data === 'string' ? data.startsWith('iVBORw0KGgo') : data[0] === 0x89 && data[1] === 0x50;
  if (!isPng) {
    throw new TypeError('png: expected the bytes of a PNG file, or those in base64; what was given begins otherwise');
  }
  return picture('image/png', data, options);
}

/** A JPEG picture, from its bytes or from base64. */
export function jpeg(data: Uint8Array | string, options: PictureOptions = {}): Rich {
  return picture('image/jpeg', data, options);
}

function picture(type: string, data: Uint8Array | string, { width, height, alt }: PictureOptions): Rich {
  const plain = alt ?? `[${type.slice('image/'.length).toUpperCase()} picture]`;
  const size = { ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }) };
  const metadata = Object.keys(size).length === 0 ? {} : { [type]: size };
  return new Rich(withMetadata({ [type]: data, 'text/plain': plain }, metadata));
}

/** Characters of a JSON value's plain text; the tree beside it is whole. */
const longestJson = 10_000;

/**
 * A JSON value as a tree that opens and closes.
 *
 * @param options.expanded whether all branches are open at first (default false)
 * @throws TypeError when the value cannot be said in JSON (a cycle, a bigint, a function)
 * @example
 * json({ prior: { mean: 0, sd: 5 } }, { expanded: true })
 */
export function json(value: unknown, { expanded = false }: { readonly expanded?: boolean } = {}): Rich {
  const text = JSON.stringify(value, null, 2) as string | undefined;
  if (text === undefined) throw new TypeError(`json: a ${typeof value} cannot be said in JSON`);
  const cut = text.length - longestJson;
  const plain = cut > 0 ? `${text.slice(0, longestJson)}\n… cut: ${cut} more characters` : text;
  const bundle = { 'application/json': JSON.parse(text) as unknown, 'text/plain': plain };
  return new Rich(withMetadata(bundle, { 'application/json': { expanded } }));
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'", amp: '&' };

/** What HTML says, without its markup: '<h1>A &lt; B</h1><p>so</p>' → 'A < B\nso' */
export function textOfMarkup(markup: string): string {
  return markup
    .replace(/<!--[\s\S]*?-->|<(script|style)\b[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/[^\S\n]*\n\s*/g, ' ')
    .replace(/<\/(?:p|div|h[1-6]|li|tr|ul|ol|table|pre|section)\s*>|<br\s*\/?>/gi, '\n')
    .replace(/<\/t[dh]\s*>/gi, '  ')
    .replace(/<[^>]*>/g, '')
    .replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole)
    .replace(/[^\S\n]*\n\s*/g, '\n')
    .trim();
}
