/**
 * Four pictures of how well a linear or generalised linear model fits, as R's `plot.lm` draws them: residuals against
 * fitted values, their normal quantile–quantile plot, scale–location, and residuals against leverage with contours of
 * Cook's distance (Cook & Weisberg 1982, "Residuals and Influence in Regression").
 *
 * A contour of distance d over p coefficients is r = ±√(d p (1 − h) / h), with r the standardised residual that Cook's
 * distance is made of: for a generalised model Pearson's, so that picture has Pearson's and the others deviance residuals.
 */
import type { GeneralisedFit, LinearFit } from '../regression/index.ts';
import { colour, paper } from './colours.ts';
import { axes, type Panel, pixelX, pixelY } from './panel.ts';
import { curve, dots, Plot, reach, reference, straight } from './plot.ts';
import { qqLine, qqNormal } from './qq-normal.ts';
import { text } from './svg.ts';
import { formatNumber } from './ticks.ts';

const width = 860;
const height = 730;
const levels = [0.5, 1];
const named = 3;

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

/** The `named` rows where the measure is greatest, written beside their points. */
function rowNames(panel: Panel, xs: Float64Array, ys: Float64Array, measure: Float64Array, { rows }: Residuals) {
  const order = Array.from(measure.keys())
    .filter((i) => Number.isFinite(measure[i]!) && Number.isFinite(ys[i]!))
    .sort((i, j) => measure[j]! - measure[i]!);
  return order.slice(0, named).map((i) => {
    const label = String(rows[i]);
    const x = pixelX(panel, xs[i]!);
    const toLeft = x > panel.left + panel.width / 2; // away from the right edge, and apart in the tails of a Q–Q plot
    const anchor = toLeft ? 'end' : 'start';
    return text(x + (toLeft ? -6 : 6), pixelY(panel, ys[i]!) + 4, label, { size: 11, anchor, fill: paper.ink });
  });
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
        curve(panel, hs, ys, { stroke: colour(1), width: 1.4, dash: '6 3' }),
        seen
          ? text(panel.left + panel.width + 4, pixelY(panel, end) + 4, String(level), { size: 11, fill: colour(1) })
          : '',
      ];
    });
  });
}

/**
 * Look at a fit of `lm` or `glm`: residuals against fitted values (a trend: the mean is wrong), a normal quantile–quantile
 * plot (bends: not normal), scale–location (a trend: the variance changes), and residuals against leverage with contours of
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
    const [left, top] = [72 + (k % 2) * 424, 66 + Math.floor(k / 2) * 344];
    return { left, top, width: 330, height: 258, x, y };
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
    axes(panels[k], { xLabel: labels[1]!, yLabel: labels[2]! }),
    ...[
      k === 1 ? straight(panels[1], line.intercept, line.slope, reference) : '',
      k === 0 || k === 3 ? straight(panels[k], 0, 0, reference) : '',
      ...(k === 3 ? contours(panels[3], fit.rank) : []),
    ],
    dots(panels[k], xs, ys),
    ...rowNames(panels[k], xs, ys, measure, of),
  ];
  const body = [
    ...draw(0, fitted, raw, raw.map(Math.abs), ['Residuals against fitted', words.fitted, words.raw]),
    ...draw(1, theoretical, standardised, size, ['Normal Q–Q', 'normal quantile', words.standardised]),
    ...draw(2, fitted, root, size, ['Scale–location', words.fitted, `√|${words.standardised}|`]),
    ...draw(3, leverage, influence, cooks, [
      "Residuals against leverage (dashed: Cook's distance)",
      'leverage',
      words.influence,
    ]),
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
