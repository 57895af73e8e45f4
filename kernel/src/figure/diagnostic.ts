/**
 * Four pictures of how well a linear or generalised linear model fits, as R's `plot.lm` draws them: residuals against
 * fitted values, their normal quantile–quantile plot, scale–location, and residuals against leverage with contours of
 * Cook's distance (Cook & Weisberg 1982, "Residuals and Influence in Regression").
 *
 * The first and the third have a lowess curve (Cleveland 1979) with R's settings: of a linear model reweighted three times, so
 * that single rows do not bend it; of a generalised one not at all, for there most residuals may lie on few curves.
 *
 * A contour of distance d over p coefficients is r = ±√(d p (1 − h) / h), with r the standardised residual that Cook's
 * distance is made of: for a generalised model Pearson's, so that picture has Pearson's and the others deviance residuals.
 */
import { lowess } from '../numeric/lowess.ts';
import type { GeneralisedFit, LinearFit } from '../regression/index.ts';
import { colour, paper } from './colours.ts';
import { axes, type Panel, pixelX, pixelY } from './panel.ts';
import { curve, dots, legendOf, Plot, reach, reference, straight } from './plot.ts';
import { qqLine, qqNormal } from './qq-normal.ts';
import { text, textWidth } from './svg.ts';
import { formatNumber } from './ticks.ts';

const width = 620;
const height = 588;
const levels = [0.5, 1];
const named = 3;
const trend = { stroke: colour(1), width: 2 };
const contour = { stroke: colour(1), width: 1.4, dash: '6 3' };

interface Residuals {
  readonly fitted: Float64Array; // (n,)
  readonly raw: Float64Array; // (n,)
  readonly standardised: Float64Array; // (n,)
  /** Those of Cook's distance. */
  readonly influence: Float64Array; // (n,)
  readonly leverage: Float64Array; // (n,)
  readonly cooks: Float64Array; // (n,)
  /** Rows of the data they belong to. */
  readonly rows: readonly number[]; // (n,)
  readonly words: { readonly fitted: string; readonly raw: string; readonly standardised: string; influence: string };
}

/** Residuals of either kind of fit, without the rows of weight 0. */
function residualsOf(fit: LinearFit | GeneralisedFit): Residuals {
  const { leverage, cooksDistance: cooks, design, standardisedResiduals: standardised } = fit;
  const linear = fit.kind === 'linear-fit';
  const weights = linear ? fit.weights : fit.problem.weights;
  const keep = Array.from(leverage.keys()).filter((i) => (weights?.[i] ?? 1) > 0);
  const of = (values: Float64Array) => Float64Array.from(keep, (i) => values[i]!);
  const influence = linear
    ? standardised
    : fit.residuals('pearson').map((r, i) => r / Math.sqrt(fit.dispersion * (1 - leverage[i]!)));
  return {
    fitted: of(linear ? fit.fitted : fit.predictors),
    raw: of(linear ? fit.residuals : fit.residuals()),
    standardised: of(standardised),
    influence: of(influence),
    leverage: of(leverage),
    cooks: of(cooks),
    rows: keep.map((i) => design.rows[i]!),
    words: linear
      ? {
          fitted: 'fitted value',
          raw: 'residual',
          standardised: 'standardised residual',
          influence: 'standardised residual',
        }
      : {
          fitted: 'linear predictor',
          raw: 'deviance residual',
          standardised: 'std. deviance residual',
          influence: 'std. Pearson residual',
        },
  };
}

/** The `named` rows where the measure is greatest, written beside their points and clear of each other. */
function rowNames(panel: Panel, xs: Float64Array, ys: Float64Array, measure: Float64Array, { rows }: Residuals) {
  const order = Array.from(measure.keys())
    .filter((i) => Number.isFinite(measure[i]!) && Number.isFinite(ys[i]!))
    .sort((i, j) => measure[j]! - measure[i]!);
  const places = order.slice(0, named).map((i) => [pixelX(panel, xs[i]!), pixelY(panel, ys[i]!)] as const);
  const taken: { readonly left: number; readonly baseline: number; readonly wide: number }[] = [];
  const free = (left: number, baseline: number, wide: number) =>
    left >= panel.left - 4 &&
    left + wide <= panel.left + panel.width + 14 &&
    places.every(([x, y]) => x < left - 3 || x > left + wide + 3 || y > baseline + 3 || y < baseline - 11) &&
    taken.every((t) => left > t.left + t.wide || t.left > left + wide || Math.abs(baseline - t.baseline) > 11);
  return places.map(([x, middle], k) => {
    const label = String(rows[order[k]!]);
    const wide = textWidth(label, 11);
    const y = middle + 4;
    const sides = x > panel.left + panel.width / 2 ? [x - 6 - wide, x + 6] : [x + 6, x - 6 - wide];
    const spots = [0, 9, -9, 18].flatMap((down) => sides.map((left) => ({ left, baseline: y + down })));
    const spot = spots.find(({ left, baseline }) => free(left, baseline, wide)) ?? spots[0]!;
    taken.push({ ...spot, wide });
    const toLeft = spot.left < x;
    return text(toLeft ? spot.left + wide : spot.left, spot.baseline, label, {
      size: 11,
      anchor: toLeft ? 'end' : 'start',
      stroke: paper.background,
      'stroke-width': 3,
      'paint-order': 'stroke',
    });
  });
}

/** The trend of the points, as R's `panel.smooth` draws it. */
function smooth(panel: Panel, xs: Float64Array, ys: Float64Array, fit: LinearFit | GeneralisedFit): string {
  const { x, y } = lowess(xs, ys, { rounds: fit.kind === 'linear-fit' ? 3 : 0 });
  return curve(panel, x, y, trend);
}

/** Contours of Cook's distance over the panel, each with its figure at the right end. */
function contours(panel: Panel, p: number): string[] {
  const [from, to] = [Math.max(panel.x[0], 1e-6), Math.min(panel.x[1], 1 - 1e-9)];
  const hs = Array.from({ length: 201 }, (_, i) => from + ((to - from) * i) / 200);
  return levels.flatMap((level) => {
    const rs = hs.map((h) => Math.sqrt((level * p * (1 - h)) / h));
    return [1, -1].flatMap((side) => {
      const ys = rs.map((r) => side * r);
      const end = ys.at(-1)!;
      const seen = end >= panel.y[0] && end <= panel.y[1];
      return [
        curve(panel, hs, ys, contour),
        seen
          ? text(panel.left + panel.width + 4, pixelY(panel, end) + 4, String(level), { size: 11, fill: colour(1) })
          : '',
      ];
    });
  });
}

/**
 * Look at a fit of `lm` or `glm`: residuals against fitted values (a bent curve: the mean is wrong), a normal
 * quantile–quantile plot (bends: not normal), scale–location (a rising curve: the variance changes), and residuals against leverage with contours of
 * Cook's distance at 0.5 and 1 (beyond them: a row that moves the fit). The three rows farthest out carry their numbers
 * in the data, from 0.
 *
 * For `lm` the first picture has residuals and the others standardised ones; for `glm` they are deviance residuals,
 * against the linear predictor, and Pearson's in the picture of leverage. Rows of weight 0 are left out; one of leverage 1 has no
 * standardised residual.
 *
 * @example diagnosticPlot(lm('dist ~ speed', cars))
 */
export function diagnosticPlot(fit: LinearFit | GeneralisedFit): Plot {
  const of = residualsOf(fit);
  const { fitted, raw, standardised, influence, leverage, cooks, words } = of;
  const panelAt = (k: number, x: [number, number], y: [number, number]): Panel => {
    const [left, top] = [62 + (k % 2) * 306, 86 + Math.floor(k / 2) * 264];
    return { left, top, width: 232, height: 190, x, y };
  };
  const size = standardised.map(Math.abs);
  const root = size.map(Math.sqrt);
  const { theoretical } = qqNormal(standardised);
  const line = qqLine(standardised);
  const across = reach(fitted);
  const panels = [
    panelAt(0, across, reach(raw, [0])),
    panelAt(1, reach(theoretical), reach(standardised)),
    panelAt(2, across, [0, reach(root)[1]]),
    panelAt(3, [0, Math.min(1, reach(leverage)[1])], reach(influence, [0])),
  ] as const;
  const draw = (k: 0 | 1 | 2 | 3, xs: Float64Array, ys: Float64Array, measure: Float64Array, labels: string[]) => [
    text(panels[k].left, panels[k].top - 10, labels[0]!, { size: 13 }),
    axes(panels[k], { xTicks: 4, yTicks: 4, xLabel: labels[1]!, yLabel: labels[2]! }),
    ...[
      k === 1 ? straight(panels[1], line.intercept, line.slope, reference) : '',
      k === 0 || k === 3 ? straight(panels[k], 0, 0, reference) : '',
      ...(k === 3 ? contours(panels[3], fit.rank) : []),
    ],
    dots(panels[k], xs, ys),
    k === 0 || k === 2 ? smooth(panels[k], xs, ys, fit) : '',
    ...rowNames(panels[k], xs, ys, measure, of),
  ];
  const body = [
    legendOf([
      { ...trend, label: 'trend (lowess)' },
      { ...contour, label: `Cook's distance ${levels.join(' and ')}` },
    ]),
    ...draw(0, fitted, raw, raw.map(Math.abs), ['Residuals against fitted', words.fitted, words.raw]),
    ...draw(1, theoretical, standardised, size, ['Normal Q–Q', 'normal quantile', words.standardised]),
    ...draw(2, fitted, root, size, ['Scale–location', words.fitted, `√|${words.standardised}|`]),
    ...draw(3, leverage, influence, cooks, ['Residuals against leverage', 'leverage', words.influence]),
  ];
  return new Plot({ title: `Diagnostics of ${fit.design.formula}`, words: inWords(of), width, height, body });
}

function inWords({ standardised, leverage, cooks, rows, words }: Residuals): string {
  const most = (values: Float64Array) =>
    values.reduce((best, v, i) => (v > values[best]! || !(values[best]! >= 0) ? i : best), 0);
  const far = most(standardised.map(Math.abs));
  const [pulled, moved] = [most(leverage), most(cooks)];
  const beyond = cooks.filter((d) => d > 1).length;
  const none = standardised.filter((r) => !Number.isFinite(r)).length;
  return (
    `${rows.length} rows. Largest ${words.standardised} ${formatNumber(standardised[far], 3)} (row ${rows[far]}), ` +
    `largest leverage ${formatNumber(leverage[pulled], 3)} (row ${rows[pulled]}), ` +
    `largest Cook's distance ${formatNumber(cooks[moved], 3)} (row ${rows[moved]}); ${beyond} beyond 1.` +
    `${none > 0 ? ` ${none} of leverage 1 without a standardised residual.` : ''}`
  );
}
