import { describe, expect, it } from 'vitest';
import { colour } from '#kernel/figure/colours';
import { diagnosticPlot } from '#kernel/figure/diagnostic';
import { jupyterDisplay, metadataOf } from '#kernel/host/display';
import { lowess } from '#kernel/numeric/lowess';
import { glm, lm } from '#kernel/regression/index';
import { circles, lines, words } from './marks-of-plot.ts';
import { isWellFormed } from './xml.ts';

// R's `cars` (Ezekiel 1930).
const cars = {
  speed: [
    4, 4, 7, 7, 8, 9, 10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 16, 16, 17, 17,
    17, 18, 18, 18, 18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25,
  ],
  dist: [
    2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26, 36, 60, 80, 20, 26, 54, 32, 40, 32,
    40, 50, 42, 56, 76, 84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85,
  ],
};
const counts = { ...cars, y: cars.dist.map((d) => Math.floor(d / 10)) };
const linear = () => lm('dist ~ speed', cars);

/** Circles of the k-th picture, in the order of the rows. */
const pictureOf = (svg: string, k: number, n: number) => circles(svg).slice(k * n, (k + 1) * n);

describe('the diagnostic pictures of a fit', () => {
  it('says which rows are farthest out: the figures of R', () => {
    // R 4.2.2: f <- lm(dist ~ speed, cars); max(abs(rstandard(f))), max(hatvalues(f)), max(cooks.distance(f)) and which.max:
    // 2.9190603831 (49), 0.1148613139 (1), 0.3403959336 (49); rows of R count from 1.
    expect(String(diagnosticPlot(linear()))).toBe(
      '50 rows. Largest standardised residual 2.92 (row 48), largest leverage 0.115 (row 0), ' +
        "largest Cook's distance 0.340 (row 48); 0 beyond 1.",
    );
    // g <- glm(floor(dist / 10) ~ speed, poisson, cars), the same three: 2.4891940984 (23), 0.1440987719 (50), 0.1215172778 (23).
    expect(String(diagnosticPlot(glm('y ~ speed', counts, { family: 'poisson' })))).toBe(
      '50 rows. Largest std. deviance residual 2.49 (row 22), largest leverage 0.144 (row 49), ' +
        "largest Cook's distance 0.122 (row 22); 0 beyond 1.",
    );
  });

  it('draws every row in each of four pictures, at its place', () => {
    const fit = linear();
    const svg = diagnosticPlot(fit).svg();
    expect(isWellFormed(svg)).toBe(true);
    expect(circles(svg)).toHaveLength(200);
    const rising = (values: ArrayLike<number>, pixels: readonly number[], sign: 1 | -1) => {
      const order = Array.from(pixels.keys()).sort((i, j) => values[i]! - values[j]!);
      for (let k = 1; k < order.length; k++) {
        expect(sign * (pixels[order[k]!]! - pixels[order[k - 1]!]!)).toBeGreaterThanOrEqual(-0.011); // two decimals
      }
    };
    const along = [
      [fit.fitted, fit.residuals],
      [fit.standardisedResiduals, fit.standardisedResiduals],
      [fit.fitted, fit.standardisedResiduals.map(Math.abs)],
      [fit.leverage, fit.standardisedResiduals],
    ] as const;
    along.forEach(([x, y], k) => {
      const marks = pictureOf(svg, k, 50);
      rising(
        x,
        marks.map((mark) => mark.x),
        1,
      );
      rising(
        y,
        marks.map((mark) => mark.y),
        -1,
      );
    });
  });

  it('names the pictures, their axes, and three rows in each', () => {
    const written = words(diagnosticPlot(linear()).svg());
    for (const title of ['Residuals against fitted', 'Normal Q–Q', 'Scale–location', 'fitted value', 'leverage']) {
      expect(written).toContain(title);
    }
    // R 4.2.2: plot(f) names the three largest (id.n = 3): order(-abs(residuals(f)))[1:3] and order(-abs(rstandard(f)))[1:3]
    // are 49, 23, 35; order(-cooks.distance(f))[1:3], of the last picture, 49, 23, 39. Rows of R count from 1.
    expect(written.filter((label) => ['22', '34', '48', '38'].includes(label)).sort()).toEqual(
      ['22', '22', '22', '22', '34', '34', '34', '38', '48', '48', '48', '48'].sort(),
    );
    expect(written[0]).toBe('Diagnostics of dist ~ speed');
  });

  it.each([
    ['of a linear model, reweighted three times', linear(), 3],
    ['of a generalised one, never', glm('y ~ speed', counts, { family: 'poisson' }), 0],
  ])('draws the trend of residuals and of their scale: %s', (_, fit, rounds) => {
    const svg = diagnosticPlot(fit).svg();
    const residuals = fit.kind === 'linear-fit' ? fit.residuals : fit.residuals();
    const across = fit.kind === 'linear-fit' ? fit.fitted : fit.predictors;
    const root = fit.standardisedResiduals.map((r) => Math.sqrt(Math.abs(r)));
    const trends = lines(svg, colour(1), false);
    expect(trends).toHaveLength(2);
    [residuals, root].forEach((values, k) => {
      const marks = pictureOf(svg, 2 * k, 50);
      const scale = (marks[22]!.y - marks[0]!.y) / (values[22]! - values[0]!);
      const curve = lowess(across, values, { rounds }).y.map((v) => marks[0]!.y + scale * (v - values[0]!));
      expect(trends[k]!.map(({ x }) => x)).toEqual(marks.map(({ x }) => x).sort((a, b) => a - b));
      trends[k]!.forEach(({ y }, i) => {
        expect(Math.abs(y - curve[i]!)).toBeLessThan(0.02);
      });
    });
    expect(words(svg)).toContain('trend (lowess)');
  });

  it('writes the numbers of rows clear of each other, where their points lie side by side', () => {
    const x = Array.from({ length: 40 }, (_, i) => i);
    const y = x.map((v, i) => v + Math.sin(9 * i) + ([18, 19, 20].includes(i) ? 14 : 0));
    const svg = diagnosticPlot(lm('y ~ x', { x, y })).svg();
    const places = [
      ...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*text-anchor="(\w+)"[^>]*stroke="[^>]*>(\d+)</g),
    ];
    expect(places).toHaveLength(12);
    for (let k = 0; k < 12; k += 3) {
      const boxes = places.slice(k, k + 3).map(([, at, down, anchor, label]) => {
        const wide = 7 * label!.length;
        return { left: Number(at) - (anchor === 'end' ? wide : 0), wide, y: Number(down) };
      });
      boxes.forEach((a, i) => {
        for (const b of boxes.slice(i + 1)) {
          const apart = a.left > b.left + b.wide - 1 || b.left > a.left + a.wide - 1 || Math.abs(a.y - b.y) > 8;
          expect(apart).toBe(true);
        }
      });
    }
  });

  it("draws contours where Cook's distance is 0.5 and 1", () => {
    const x = [1, 2, 3, 4, 5, 6, 7, 30];
    const y = [2.1, 3.9, 6.2, 7.8, 10.1, 12.2, 13.8, 20];
    const fit = lm('y ~ x', { x, y });
    const svg = diagnosticPlot(fit).svg();
    const marks = pictureOf(svg, 3, 8);
    // Scales of the panel from two of its points.
    const h = fit.leverage;
    const r = fit.standardisedResiduals;
    const toX = (marks[7]!.x - marks[0]!.x) / (h[7]! - h[0]!);
    const toY = (marks[7]!.y - marks[6]!.y) / (r[7]! - r[6]!);
    const curves = lines(svg, colour(1), true).filter((points) => points.length > 1);
    expect(curves.length).toBeGreaterThanOrEqual(3);
    const distances = curves.map((points) =>
      points.map((point) => {
        const leverage = h[0]! + (point.x - marks[0]!.x) / toX;
        const residual = r[7]! + (point.y - marks[7]!.y) / toY;
        return (residual ** 2 * leverage) / ((1 - leverage) * fit.rank);
      }),
    );
    for (const along of distances) {
      const level = along[0]! < 0.75 ? 0.5 : 1;
      for (const distance of along.slice(0, -3)) expect(distance).toBeCloseTo(level, 1);
    }
    expect(words(svg)).toContain('0.5');
    expect(String(diagnosticPlot(fit))).toContain('1 beyond 1.');
  });

  it('has deviance residuals of a generalised model, and Pearson’s against leverage', () => {
    const fit = glm('y ~ speed', counts, { family: 'poisson' });
    const svg = diagnosticPlot(fit).svg();
    for (const label of ['deviance residual', 'std. deviance residual', 'std. Pearson residual', 'linear predictor']) {
      expect(words(svg)).toContain(label);
    }
    const pearson = fit.residuals('pearson').map((r, i) => r / Math.sqrt(1 - fit.leverage[i]!));
    const marks = pictureOf(svg, 3, 50);
    const scale = (marks[22]!.y - marks[0]!.y) / (pearson[22]! - pearson[0]!);
    pearson.forEach((r, i) => {
      expect(marks[i]!.y).toBeCloseTo(marks[0]!.y + scale * (r - pearson[0]!), 0);
    });
  });

  it('leaves out rows of weight 0, and names rows as the data count them', () => {
    const dist = cars.dist.map((d, i) => (i === 1 ? Number.NaN : d));
    const weights = cars.dist.map((_, i) => (i === 48 ? 0 : 1));
    const plot = diagnosticPlot(lm('dist ~ speed', { ...cars, dist }, { weights }));
    expect(String(plot)).toMatch(/^48 rows\. Largest standardised residual [\d.]+ \(row 22\)/);
    expect(circles(plot.svg())).toHaveLength(4 * 48);
  });

  it('says which rows have no standardised residual, for nothing else determines their fit', () => {
    const data = { g: [0, 0, 0, 0, 1], y: [1, 2, 4, 3, 9] };
    const plot = diagnosticPlot(lm('y ~ g', data));
    expect(String(plot)).toContain('1 of leverage 1 without a standardised residual.');
    expect(isWellFormed(plot.svg())).toBe(true);
    expect(plot.svg()).not.toContain('NaN');
  });

  it('shows itself as a picture and words', async () => {
    const plot = diagnosticPlot(linear());
    const bundle = await plot[jupyterDisplay]();
    expect(Object.keys(bundle)).toEqual(['image/png', 'text/plain']);
    expect(metadataOf(bundle)?.['image/png']).toEqual({ width: 620, height: 588, alt: String(plot) });
  });
});
