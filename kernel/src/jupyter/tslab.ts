/**
 * What `import * as tslab from 'tslab'` gives in this kernel, so that notebooks written for tslab run unchanged; tslab
 * itself need not be installed. The names and what they do are those of tslab 1.0.22's `dist/public`.
 */
import { createRequire } from 'node:module';
import { type Display as Shown, display as show } from '../host/show.ts';
import { shownBundle } from './tslab-engine/bundle.ts';

/** Shows content of a known kind. */
export interface Display {
  javascript(source: string): void;
  html(markup: string): void;
  markdown(text: string): void;
  latex(text: string): void;
  svg(markup: string): void;
  png(bytes: Uint8Array): void;
  jpeg(bytes: Uint8Array): void;
  gif(bytes: Uint8Array): void;
  pdf(bytes: Uint8Array): void;
  text(text: string): void;
  raw(contentType: string, content: string | Uint8Array): void;
}

function makeDisplay(raw: Display['raw']): Display {
  return {
    javascript: (source) => raw('text/javascript', source),
    html: (markup) => raw('text/html', markup),
    markdown: (text) => raw('text/markdown', text),
    latex: (text) => raw('text/latex', text),
    svg: (markup) => raw('image/svg+xml', markup),
    png: (bytes) => raw('image/png', bytes),
    jpeg: (bytes) => raw('image/jpeg', bytes),
    gif: (bytes) => raw('image/gif', bytes),
    pdf: (bytes) => raw('application/pdf', bytes),
    text: (text) => raw('text/plain', text),
    raw,
  };
}

/** Shows rich contents below the cell. */
export const display: Display = makeDisplay((type, content) => {
  show(shownBundle(type, content), { raw: true });
});

/** A display with one place: whatever it is given replaces what it showed before. */
export function newDisplay(): Display {
  let shown: Shown | undefined;
  return makeDisplay((type, content) => {
    const bundle = shownBundle(type, content);
    if (shown) shown.update(bundle, { raw: true });
    else shown = show(bundle, { raw: true });
  });
}

/** The versions of what runs the notebook; `tslab` is the one whose interface this is. */
export const versions = {
  tslab: '1.0.22',
  typescript: (createRequire(import.meta.url)('typescript/package.json') as { version: string }).version,
  node: process.version,
};
