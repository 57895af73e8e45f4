import { describe, expect, it } from 'vitest';
import { metadataOf } from '#kernel/host/display';
import { html, json, latex, markdown, png, type Rich, svg, textOfMarkup } from '#kernel/host/rich';

const bundle = (value: Rich) => value[Symbol.for('Jupyter.display') as never] as unknown as () => object;
const shown = (value: Rich) => bundle(value).call(value);

describe('markup', () => {
  it('in a template takes values as text, and its own pieces as markup', () => {
    expect(shown(html`<b>${'<a & "b">'}</b>`)).toMatchObject({ 'text/html': '<b>&lt;a &amp; &quot;b&quot;&gt;</b>' });
    expect(shown(html`<p>${html`<i>x</i>`}${[html`<u>y</u>`, 1]}</p>`)).toMatchObject({
      'text/html': '<p><i>x</i><u>y</u>1</p>',
    });
    expect(shown(html`<p>${svg('<svg></svg>')}</p>`)).toMatchObject({ 'text/html': '<p><svg></svg></p>' });
  });

  it('does not take Markdown for HTML', () => {
    expect(shown(html`<p>${markdown('<b>')}</p>`)).toMatchObject({ 'text/html': '<p>&lt;b&gt;</p>' });
  });

  it('keeps backslashes in LaTeX', () => {
    expect(shown(latex`\frac{${1}}{n}`)).toEqual({ 'text/latex': '$$\\frac{1}{n}$$', 'text/plain': '\\frac{1}{n}' });
    expect(shown(latex('\\begin{align}x\\end{align}'))).toMatchObject({ 'text/latex': '\\begin{align}x\\end{align}' });
  });

  it('says its plain text as a string', () => {
    expect(String(html('<h1>A</h1><p>b</p>'))).toBe('A\nb');
    expect(String(svg('<svg/>'))).toBe('[SVG picture]');
  });
});

describe('the text of markup', () => {
  it.each([
    ['<h1>A &lt; B</h1><p>so</p>', 'A < B\nso'],
    ['a<br>b<br/>c', 'a\nb\nc'],
    ['<style>b { color: red }</style><script>x()</script>seen<!-- not -->', 'seen'],
    ['<table>\n  <tr><td>1</td><td>2</td></tr>\n  <tr><td>3</td></tr>\n</table>', '1  2\n3'],
    ['&amp;lt; &unknown;', '&lt; &unknown;'],
  ])('of %s', (markup, text) => {
    expect(textOfMarkup(markup)).toBe(text);
  });
});

describe('a picture', () => {
  it('is refused when it is no PNG', () => {
    expect(() => png('R0lGOD')).toThrow(/expected the bytes of a PNG/);
  });

  it('carries its size as metadata', () => {
    const made = png(Uint8Array.of(0x89, 0x50), { width: 10, height: 5 });
    expect(metadataOf(shown(made) as never)).toEqual({ 'image/png': { width: 10, height: 5 } });
  });
});

describe('a JSON tree', () => {
  it('is whole, and its text is cut', () => {
    const long = Array.from({ length: 5000 }, (_, i) => i);
    const made = shown(json(long)) as Record<string, unknown>;
    expect(made['application/json']).toEqual(long);
    expect(made['text/plain']).toMatch(/… cut: \d+ more characters$/);
  });

  it('refuses what JSON cannot say', () => {
    expect(() => json(undefined)).toThrow('json: a undefined cannot be said in JSON');
    expect(() => json(1n)).toThrow(TypeError);
  });
});
