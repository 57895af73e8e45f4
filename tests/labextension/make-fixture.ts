/**
 * Makes fixtures/figures-v1.ipynb: a notebook with one saved figure of each kind, as version 1 wrote them. The file
 * is a promise (old outputs still draw), so it is made once and kept:
 *
 *     node tests/labextension/make-fixture.ts
 */
import { writeFileSync } from 'node:fs';
import { comparisonFigure } from '#kernel/figure/comparison';
import { comparisonPicture } from '#kernel/figure/comparison-picture';
import { landscapeFigure } from '#kernel/figure/landscape';
import { landscapePicture } from '#kernel/figure/landscape-picture';
import { svgToPng } from '#kernel/figure/png';
import { posteriorFigure } from '#kernel/figure/posterior';
import { posteriorPicture } from '#kernel/figure/posterior-picture';
import { mimeTypes } from '#kernel/figure/types';
import { sampleComparison, sampleLandscape, samplePosterior } from '../kernel/figure/sample.ts';

async function cell(
  id: string,
  data: { readonly kind: keyof typeof mimeTypes; readonly description: string },
  svg: string,
) {
  const { bytes, width, height } = await svgToPng(svg, 1);
  const output = {
    output_type: 'display_data',
    data: {
      [mimeTypes[data.kind]]: data,
      'image/png': Buffer.from(bytes).toString('base64'),
      'text/plain': data.description,
    },
    metadata: { 'image/png': { width: Math.round(width), height: Math.round(height) } },
  };
  return {
    cell_type: 'code',
    id,
    execution_count: null,
    metadata: {},
    outputs: [output],
    source: `show('${data.kind}')`,
  };
}

const posterior = posteriorFigure(samplePosterior(4, 1000, 8), { tau: { lower: 0 } });
const landscape = landscapeFigure(sampleLandscape(60));
const comparison = comparisonFigure(sampleComparison());
const notebook = {
  cells: [
    await cell('posterior', posterior, posteriorPicture(posterior)),
    await cell('landscape', landscape, landscapePicture(landscape)),
    await cell('comparison', comparison, comparisonPicture(comparison)),
  ],
  metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } },
  nbformat: 4,
  nbformat_minor: 5,
};
writeFileSync(new URL('fixtures/figures-v1.ipynb', import.meta.url), `${JSON.stringify(notebook, undefined, 1)}\n`);
