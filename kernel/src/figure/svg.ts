/**
 * A small writer of SVG: elements as strings, text always escaped, numbers cut to two decimals.
 */
import { paper } from './colours.ts';

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Characters XML 1.0 forbids (section 2.2) and halves of surrogate pairs: they become U+FFFD. */
const forbidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text made safe inside elements and attributes. */
export function escapeText(text: string): string {
  return text.replace(forbidden, '\ufffd').replace(/[&<>"']/g, (character) => entities[character]!);
}

/** A coordinate with at most two decimals; what is not finite becomes 0, for a broken number breaks a whole path. */
export function coordinate(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 100) / 100 + 0) : '0';
}

/** One element; `children` is SVG already written. Attributes that are undefined are left out. */
export function element(name: string, attributes: Attributes, children = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? coordinate(value) : escapeText(String(value))}"`)
    .join('');
  return children ? `<${name}${written}>${children}</${name}>` : `<${name}${written}/>`;
}

/** A line of text. Size in px, never below 11. */
export function text(
  x: number,
  y: number,
  content: string,
  { size = 12, fill = paper.ink, anchor = 'start', rotate, ...rest }: TextOptions = {},
): string {
  const transform = rotate ? `rotate(${rotate} ${coordinate(x)} ${coordinate(y)})` : undefined;
  return element(
    'text',
    { x, y, 'font-size': Math.max(11, size), fill, 'text-anchor': anchor, transform, ...rest },
    escapeText(content),
  );
}
export interface TextOptions {
  readonly size?: number;
  readonly fill?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly rotate?: number;
  readonly stroke?: string;
  readonly 'stroke-width'?: number;
  readonly 'paint-order'?: string;
}

/** Path through points; a point that is not finite breaks the line. */
export function path(xs: ArrayLike<number>, ys: ArrayLike<number>, close = false): string {
  let d = '';
  let drawing = false;
  for (let i = 0; i < xs.length; i++) {
    if (!Number.isFinite(xs[i]) || !Number.isFinite(ys[i])) {
      drawing = false;
      continue;
    }
    d += `${drawing ? 'L' : 'M'}${coordinate(xs[i]!)} ${coordinate(ys[i]!)}`;
    drawing = true;
  }
  return close && d ? `${d}Z` : d;
}

/** Width of a text in px: DejaVu Sans advances by class of character, a little generous. */
export function textWidth(content: string, size = 12): number {
  let em = 0;
  for (const character of content) {
    if (/[ijlI.,:;'|!()[\]\s]/.test(character)) em += 0.37;
    else if (/[mwMW@%—]/.test(character)) em += 0.95;
    else if (/[A-Z]/.test(character)) em += 0.7;
    else em += character.codePointAt(0)! > 0x2e80 ? 1 : 0.63;
  }
  return em * size;
}

/** A text cut with an ellipsis so that it fits into `width` px. */
export function fitText(content: string, width: number, size = 12): string {
  if (textWidth(content, size) <= width) return content;
  const characters = [...content];
  while (characters.length > 1 && textWidth(`${characters.join('')}…`, size) > width) characters.pop();
  return `${characters.join('')}…`;
}

/** A whole picture with its own light background, a title for pointing devices and an alternative text. */
export function document(width: number, height: number, title: string, description: string, body: string): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${coordinate(width)} ${coordinate(height)}`,
      role: 'img',
      'font-family': "'DejaVu Sans', Verdana, sans-serif",
      'aria-label': `${title}. ${description}`,
    },
    `<title>${escapeText(title)}</title><desc>${escapeText(description)}</desc>${element('rect', { width, height, fill: paper.background })}${body}`,
  );
}
