import { describe, expect, it } from 'vitest';
import { formatTable, markdownTable, sizeText } from '#kernel/data/table';

/** The one cell of a Markdown table, as written. */
const cell = (text: string) =>
  markdownTable(['a'], [[text]])
    .split('\n')[2]!
    .slice(2, -2);

describe('a table in plain text', () => {
  it('aligns the first column to the left and the others to the right, without spaces at the end', () => {
    expect(
      formatTable(
        ['name', 'n'],
        [
          ['a', '10'],
          ['long name', ''],
        ],
      ),
    ).toBe('name        n\na          10\nlong name');
  });

  it('of no rows is its header, of no columns nothing', () => {
    expect(formatTable(['a', 'b'], [])).toBe('a  b');
    expect(formatTable([], [])).toBe('');
  });
});

describe('a table in Markdown', () => {
  it('aligns as the plain one does', () => {
    expect(markdownTable(['name', 'n', 'm'], [['a', '1', '2']])).toBe(
      '| name | n | m |\n|:---|---:|---:|\n| a | 1 | 2 |',
    );
  });

  it.each([
    ['plain text, -3.5', 'plain text, -3.5'],
    ['<script>alert(1)</script>', '&lt;script&gt;alert\\(1\\)&lt;/script&gt;'],
    ['a | b', 'a \\| b'],
    ['a\\|b', 'a\\\\\\|b'],
    ['**bold** _it_ `code` ~no~', '\\*\\*bold\\*\\* \\_it\\_ \\`code\\` \\~no\\~'],
    ['[x](javascript:1)', '\\[x\\]\\(javascript:1\\)'],
    ['![x](y)', '\\!\\[x\\]\\(y\\)'],
    ['$x^2$', '\\$x\\^2\\$'],
    ['&lt;b&gt;', '&amp;lt;b&amp;gt;'],
    ['two\nlines\tand a tab', 'two lines and a tab'],
    ['https://example.org', 'https:&#47;&#47;example.org'],
    ['www.example.org', 'www&#46;example.org'],
    ['me@example.org', 'me&#64;example.org'],
  ])('shows %j as it stands', (text, written) => {
    expect(cell(text)).toBe(written);
  });
});

describe('a size in words', () => {
  it('knows one from many', () => {
    expect([sizeText(1, 1), sizeText(0, 2), sizeText(344, 8)]).toEqual([
      '1 row, 1 column',
      '0 rows, 2 columns',
      '344 rows, 8 columns',
    ]);
  });
});
