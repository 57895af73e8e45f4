import { describe, expect, it } from 'vitest';
import { jupyterDisplay, metadataOf } from '#kernel/host/display';
import { compare, figure, landscape, mle, model, normal, sample } from '#kernel/index';

const line = model()
  .data({ x: [-2, -1, 0, 1, 2], y: [-3.1, -1.2, 0.4, 1.9, 4.2] })
  .parameters({ alpha: normal(0, 5), beta: normal(0, 5) })
  .observe(({ alpha, beta, x }) => ({ y: normal(alpha.add(beta.mul(x)), 0.5) }));
const fit = await mle(line);
const posterior = await sample(line, { chains: 2, draws: 100, warmup: 100, seed: 1 });

describe('what a notebook shows', () => {
  it.each([
    ['posterior', () => posterior],
    ['landscape', () => landscape(line, { parameters: ['alpha', 'beta'], size: 10 })],
    ['comparison', () => compare({ MLE: fit, posterior })],
  ])('of a %s: data, PNG with its size, and text; no HTML', async (kind, make) => {
    const result = await make();
    const bundle = await result[jupyterDisplay]();
    const type = `application/vnd.estimand.${kind}.v1+json`;
    expect(Object.keys(bundle)).toEqual([type, 'image/png', 'text/plain']);
    expect(bundle[type]).toMatchObject({ kind, version: 1 });
    expect(JSON.parse(JSON.stringify(bundle[type]))).toEqual(bundle[type]);
    expect(atob(bundle['image/png'] as string).slice(1, 4)).toBe('PNG');
    expect(bundle['text/plain']).toBe(String(result));
    const { width, height, alt } = metadataOf(bundle)['image/png'] as { width: number; height: number; alt: string };
    expect(alt).toBe((bundle[type] as { description: string }).description);
    expect(width).toBeGreaterThan(500);
    expect(height).toBeGreaterThan(100);
  });

  it('of an estimate and a table: a Markdown table and text', async () => {
    for (const result of [fit, posterior.summary()]) {
      const bundle = await result[jupyterDisplay]();
      expect(Object.keys(bundle)).toEqual(['text/markdown', 'text/plain']);
      expect(bundle['text/markdown']).toMatch(/\|:---\|---:\|/);
      expect(bundle['text/markdown']).toContain('| alpha |');
      expect(bundle['text/plain']).toBe(String(result));
    }
    const { 'text/markdown': markdown } = (await fit[jupyterDisplay]()) as { 'text/markdown': string };
    expect(markdown).toMatch(/^Maximum likelihood estimate\n\n\|/);
    expect(markdown).toMatch(/log likelihood/);
  });

  it('of a density stops at the bound of its parameter', async () => {
    const { halfNormal } = await import('#kernel/index');
    const scale = model()
      .data({ y: [0.1, -0.2, 0.05] })
      .parameters({ sigma: halfNormal(0, 1) })
      .observe(({ sigma }) => ({ y: normal(0, sigma) }));
    const drawn = figure(await sample(scale, { chains: 1, draws: 200, warmup: 200, seed: 2 })).json();
    expect(drawn.kind === 'posterior' && drawn.parameters[0]!.curves!.density.start).toBeGreaterThanOrEqual(0);
  });
});

describe('figure()', () => {
  it('gives the picture of a result as SVG and PNG, and its data', async () => {
    const picture = figure(posterior);
    expect(picture.svg()).toMatch(/^<svg /);
    expect((await picture.png(1)).subarray(1, 4)).toEqual(new TextEncoder().encode('PNG'));
    expect(picture.json().kind).toBe('posterior');
    expect(picture.text()).toBe(String(posterior));
  });

  it('draws an estimate as dots with intervals', () => {
    expect(figure(fit).json()).toMatchObject({ kind: 'comparison', parameters: [{ name: 'alpha' }, { name: 'beta' }] });
  });

  it('says which results have a picture', () => {
    expect(() => figure(posterior.summary())).toThrow(
      /expected a result of kind comparison, estimate, history, landscape, posterior; got table/,
    );
  });
});
