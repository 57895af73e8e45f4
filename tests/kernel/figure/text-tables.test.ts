import { describe, expect, it } from 'vitest';
import { formatTable } from '#kernel/data/table';
import { markdownOf } from '#kernel/figure/text-tables';
import { jupyterDisplay } from '#kernel/host/display';
import { anova, bootstrap, flat, glm, kaplanMeier, lm, model, normal, penalised, tTest } from '#kernel/index';

const data = { x: [1, 2, 3, 4, 5, 6, 7, 8], z: [2, 1, 4, 3, 1, 5, 2, 9], y: [1.1, 2.3, 2.8, 4.4, 4.6, 6.2, 7.1, 7.9] };
const fit = lm('y ~ x + z', data);

describe('markdownOf', () => {
  it('makes tables of tables, with heads, rows and marks', () => {
    const text = formatTable(
      ['', 'Estimate', 'Std. Error', ''],
      [
        ['(Intercept)', '1.20', '0.3', '***'],
        ['x:z', '-0.5', '', ''],
      ],
    );
    expect(markdownOf(`Call: lm(y)\n\nCoefficients:\n${text}\n---\nSigned`)).toBe(
      [
        'Call: lm(y)',
        'Coefficients:',
        '|  | Estimate | Std. Error |  |\n|:---|---:|---:|---:|\n| \\(Intercept\\) | 1.20 | 0.3 | \\*\\*\\* |\n| x:z | -0.5 |  |  |',
        'Signed',
      ].join('\n\n'),
    );
  });

  it('keeps a head above the first column', () => {
    const text = formatTable(['lambda', 'nonzero', 'x'], [['0.5', '1', '0.25']]);
    expect(markdownOf(text)).toBe('| lambda | nonzero | x |\n|:---|---:|---:|\n| 0.5 | 1 | 0.25 |');
  });

  it('shows what is set in columns without being a table as it stands', () => {
    expect(markdownOf('Residuals:\n Min  1Q\n-1.2 0.4\n\nNull deviance: 43  on 31')).toBe(
      '```text\nResiduals:\n Min  1Q\n-1.2 0.4\n```\n\n```text\nNull deviance: 43  on 31\n```',
    );
  });

  it('lets no name of a column format what is shown', () => {
    const text = markdownOf('Call: lm(y ~ `<b>*x*</b>`)\nsecond');
    expect(text).toBe('Call: lm(y \\~ \\`&lt;b\\>\\*x\\*&lt;/b\\>\\`)\\\nsecond');
  });
});

describe('a notebook shows fits and tests as Markdown', () => {
  const line = model()
    .data(data)
    .parameters({ a: flat(), b: flat() })
    .observe(({ a, b, x }) => ({ y: normal(a.add(b.mul(x)), 0.3) }));

  it.each<[string, () => unknown, RegExp]>([
    ['lm', () => fit, /\| x \| .* \| \\\*/],
    ['glm', () => glm('I(x > 4) ~ z', data, { family: 'binomial' }), /\| z \|/],
    ['anova', () => anova(fit), /\| Residuals \|/],
    ['penalised', () => penalised('y ~ x + z', data), /\| lambda \| nonzero \|/],
    ['tTest', () => tTest(data.y, data.z), /\| p-value \| /],
    [
      'kaplanMeier',
      () =>
        kaplanMeier(
          data.x,
          data.x.map((x) => Number(x % 2)),
        ),
      /\|:---\|---:/,
    ],
    ['bootstrap', () => bootstrap(line, { replicates: 20, seed: 1 }), /\| b \|/],
  ])('%s', async (_, make, table) => {
    const result = (await make()) as { [jupyterDisplay](): Promise<Record<string, string>> };
    const bundle = await result[jupyterDisplay]();
    expect(Object.keys(bundle)).toEqual(['text/markdown', 'text/plain']);
    expect(bundle['text/markdown']).toMatch(table);
    expect(bundle['text/markdown']).toMatch(/\|:---\|---:/);
    expect(bundle['text/plain']).toBe(String(result));
  });

  it('says in both what the null hypothesis is, and names the same figures', async () => {
    const test = tTest(data.y, data.z, { alternative: 'greater' });
    const { 'text/markdown': markdown } = (await test[jupyterDisplay]()) as Record<string, string>;
    expect(markdown).toContain('\\\nNull hypothesis: ');
    for (const [name] of test.rows) expect(String(test)).toContain(name);
    expect(test.null).toContain('(alternative: greater)');
  });
});
