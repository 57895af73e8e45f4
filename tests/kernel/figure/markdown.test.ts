import { describe, expect, it } from 'vitest';
import { escapeMarkdown, markdownTable } from '#kernel/figure/markdown';

describe('Markdown tables', () => {
  it('align names left and figures right', () => {
    expect(markdownTable(['parameter', 'mean'], [['mu', '4.4']])).toBe(
      '| parameter | mean |\n|:---|---:|\n| mu | 4.4 |',
    );
  });

  it('leave nothing for Markdown, HTML or mathematics to read', () => {
    expect(escapeMarkdown('a|b')).toBe('a\\|b');
    expect(escapeMarkdown('<img src=x onerror=alert(1)>')).toBe('&lt;img src=x onerror=alert\\(1\\)&gt;');
    expect(escapeMarkdown('[x](javascript:1) $y$ `z`\n# h')).toBe('\\[x\\]\\(javascript:1\\) \\$y\\$ \\`z\\` \\# h');
    expect(escapeMarkdown('https://example.org')).not.toContain('://');
  });
});
