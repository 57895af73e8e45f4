import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { document, element, escapeText, fitText, path, text, textWidth } from '#kernel/figure/svg';
import { isWellFormed } from './xml.ts';

describe('SVG text', () => {
  it('never becomes markup', () => {
    expect(escapeText(`<script>alert("x" & 'y')</script>`)).toBe(
      '&lt;script&gt;alert(&quot;x&quot; &amp; &#39;y&#39;)&lt;/script&gt;',
    );
  });

  it('is well-formed XML whatever the label', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (label) =>
        isWellFormed(document(10, 10, label, label, text(0, 0, label) + element('g', { id: label }))),
      ),
    );
  });

  it('loses control characters and halves of surrogate pairs', () => {
    expect(escapeText('a\u0000b\ud800c😀')).toBe('a\ufffdb\ufffdc😀');
  });

  it('is never smaller than 11 px', () => {
    expect(text(0, 0, 'x', { size: 6 })).toContain('font-size="11"');
  });

  it('is cut with an ellipsis when it does not fit', () => {
    const cut = fitText('a very long parameter name indeed', 80);
    expect(cut.endsWith('…')).toBe(true);
    expect(textWidth(cut)).toBeLessThanOrEqual(80);
    expect(fitText('mu', 80)).toBe('mu');
  });
});

describe('SVG numbers', () => {
  it('are cut to two decimals and a gap breaks a path', () => {
    expect(path([0, 1.23456, Number.NaN, 3], [0, 1, 1, 2])).toBe('M0 0L1.23 1M3 2');
    expect(element('rect', { x: Number.NaN, y: -0, fill: undefined })).toBe('<rect x="0" y="0"/>');
  });
});
