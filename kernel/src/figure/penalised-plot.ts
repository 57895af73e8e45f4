/**
 * Coefficients along a path of penalties (as glmnet draws them: Friedman, Hastie & Tibshirani 2010), and the deviance of
 * rows left out at each penalty, by cross-validation.
 */
import type { CrossValidation, PenalisedPath } from '../regression/index.ts';
import { colour, dash, paper } from './colours.ts';
import { axes, type Panel, pixelX, pixelY } from './panel.ts';
import { curve, dots, legendOf, Plot, plotSize, reach, reference, straight, upright } from './plot.ts';
import { coordinate, element, fitText, text } from './svg.ts';
import { formatNumber, formatShort } from './ticks.ts';

const { width, height } = plotSize;
const named = 12;

/** Rows of the path that have a place on a logarithmic axis: a penalty of 0 has none. */
function placed(caller: string, lambda: Float64Array): number[] {
  const rows = Array.from(lambda.keys()).filter((k) => lambda[k]! > 0);
  if (rows.length < 2) throw new RangeError(`${caller}: expected two penalties above 0 at least, got ${rows.length}`);
  return rows;
}

/**
 * Draw the coefficients of `penalised` over the penalty (on a logarithmic axis, from the strongest on the right).
 * The intercept is not drawn; the twelve slopes that end largest are named. A penalty of 0 is not shown.
 *
 * @throws RangeError for fewer than two penalties above 0, or a path without slopes
 * @example pathPlot(penalised('mpg ~ .', cars))
 */
export function pathPlot(path: PenalisedPath): Plot {
  const rows = placed('pathPlot', path.lambda);
  const slopes = Array.from(path.names.keys()).filter((j) => path.names[j] !== '(Intercept)');
  if (slopes.length === 0) throw new RangeError('pathPlot: the path has no slope');
  const xs = rows.map((k) => Math.log10(path.lambda[k]!));
  const of = (j: number) => rows.map((k) => path.coefficients[k]![j]!);
  const panel: Panel = {
    left: 76,
    top: 56,
    width: width - 76 - 126,
    height: height - 56 - 54,
    x: reach(xs, [], 0.02),
    y: reach(slopes.flatMap(of), [0]),
  };
  const last = (j: number) => of(j).at(-1)!;
  const largest = slopes.toSorted((a, b) => Math.abs(last(b)) - Math.abs(last(a))).slice(0, named);
  const styles = new Map(largest.map((j, i) => [j, { stroke: colour(i), dash: dash(i) }]));
  // Names from the top down, apart enough to be read.
  const order = largest.toSorted((a, b) => last(b) - last(a));
  const signs = order.map((j, i) => {
    const y = panel.top + 12 + i * Math.min(24, (panel.height - 12) / order.length);
    const [x, style] = [panel.left + panel.width + 12, styles.get(j)!];
    const line = { d: `M${x} ${coordinate(y - 4)}h22`, stroke: style.stroke, 'stroke-width': 2 };
    const label = fitText(path.names[j]!, 76);
    return element('path', { ...line, 'stroke-dasharray': style.dash }) + text(x + 28, y, label);
  });
  const others = { stroke: paper.frame, width: 1.2 };
  const body = [
    axes(panel, { xTicks: 6, xLabel: 'log₁₀ λ', yLabel: 'coefficient', yLabelOffset: 54 }),
    straight(panel, 0, 0, reference),
    ...slopes.filter((j) => !styles.has(j)).map((j) => curve(panel, xs, of(j), others)),
    ...largest.toReversed().map((j) => curve(panel, xs, of(j), styles.get(j)!)),
    ...signs,
  ];
  const count = path.nonzero;
  const [strong, weak] = [rows[0]!, rows.at(-1)!];
  const words =
    `${slopes.length} coefficients over ${rows.length} penalties (mix ${path.mix}): ${count[strong]} are not 0 at λ = ` +
    `${formatShort(path.lambda[strong]!)}, ${count[weak]} at λ = ${formatShort(path.lambda[weak]!)}.`;
  return new Plot({ title: 'Coefficients over the penalty', words, width, height, body });
}

/**
 * Draw the result of `crossValidate`: the deviance of rows left out at each penalty, one standard error up and down, the
 * penalty where it is least, and the largest within one standard error of it.
 *
 * @throws RangeError for fewer than two penalties above 0
 * @example crossValidationPlot(crossValidate('mpg ~ .', cars))
 */
export function crossValidationPlot({ path, deviance, standardError, best, simplest }: CrossValidation): Plot {
  const rows = placed('crossValidationPlot', path.lambda);
  const xs = rows.map((k) => Math.log10(path.lambda[k]!));
  const middle = rows.map((k) => deviance[k]!);
  const [low, high] = [-1, 1].map((side) => rows.map((k) => deviance[k]! + side * standardError[k]!));
  const panel: Panel = {
    left: 76,
    top: 66,
    width: width - 76 - 24,
    height: height - 66 - 54,
    x: reach(xs, [], 0.02),
    y: reach([...low!, ...high!]),
  };
  const bars = xs.map((x, i) => {
    const [from, to] = [pixelY(panel, low![i]!), pixelY(panel, high![i]!)].map(coordinate);
    return `M${coordinate(pixelX(panel, x))} ${from}V${to}`;
  });
  const marks = [
    { label: `least: λ = ${formatShort(best)}`, stroke: colour(1), width: 1.8 },
    {
      label: `simplest within a standard error: λ = ${formatShort(simplest)}`,
      stroke: colour(2),
      width: 1.8,
      dash: '6 3',
    },
  ];
  const body = [
    legendOf(marks),
    axes(panel, { xTicks: 6, xLabel: 'log₁₀ λ', yLabel: 'deviance of rows left out', yLabelOffset: 54 }),
    element('path', { d: bars.join(''), fill: 'none', stroke: paper.frame, 'stroke-width': 1.2 }),
    upright(panel, Math.log10(best), marks[0]),
    upright(panel, Math.log10(simplest), marks[1]),
    dots(panel, xs, middle),
  ];
  const least = deviance[path.lambda.indexOf(best)]!;
  const words =
    `Deviance of rows left out over ${rows.length} penalties: least, ${formatNumber(least)}, at λ = ${formatShort(best)}; ` +
    `the largest penalty within one standard error is λ = ${formatShort(simplest)}.`;
  return new Plot({ title: 'Cross-validation of the penalty', words, width, height, body });
}
