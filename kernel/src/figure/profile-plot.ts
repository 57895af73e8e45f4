/**
 * The profile of a likelihood over one parameter: 2(ℓ̂ − ℓₚ), the χ² quantile it is held against, and the interval where
 * it stays below. Wald's parabola would be symmetric; how far the curve is from one is seen.
 */
import type { Profile } from '../estimate/index.ts';
import { checkNames } from '../estimate/options.ts';
import { normalQuantile } from '../numeric/special/normal.ts';
import { colour, paper } from './colours.ts';
import { axes, type Panel, pixelX } from './panel.ts';
import { curve, dots, legendOf, Plot, plotSize, reach, reference, straight, upright } from './plot.ts';
import { element } from './svg.ts';
import { formatShort } from './ticks.ts';

const { width, height } = plotSize;

export interface ProfilePlotOptions {
  /** Name of the axis, with its unit (default the parameter's name). */
  readonly xLabel?: string;
}

/**
 * Draw the result of `profile`: the likelihood-ratio statistic over the parameter, with the interval where it does not
 * pass the χ² quantile of the level.
 *
 * @throws RangeError for a profile of fewer than three points
 * @example profilePlot(await profile(line, 'slope'))
 */
export function profilePlot(profile: Profile, options: ProfilePlotOptions = {}): Plot {
  checkNames('profilePlot', options, ['xLabel']);
  const { name, level, estimate, lower, upper, values, deviances } = profile;
  if (values.length < 3) {
    throw new RangeError(
      `profilePlot: the profile of '${name}' has ${values.length} points; ask profile for more (points: 30)`,
    );
  }
  const threshold = normalQuantile((1 + level) / 2) ** 2;
  const share = `${formatShort(100 * level)} %`;
  const panel: Panel = {
    left: 76,
    top: 66,
    width: width - 76 - 24,
    height: height - 66 - 54,
    x: reach(values, [estimate], 0.02),
    y: [0, 1.04 * Math.max(1.5 * threshold, Math.min(3 * threshold, Math.max(...deviances)))],
  };
  const shaded = [lower.value, upper.value].map((end) => Math.min(panel.x[1], Math.max(panel.x[0], end)));
  const [from, to] = [pixelX(panel, shaded[0]!), pixelX(panel, shaded[1]!)];
  const ends = [lower, upper].filter(({ ending }) => ending === 'crossed');
  const quantile = { stroke: colour(1), width: 1.6, dash: '6 3' };
  const body = [
    legendOf([
      { label: 'profile', stroke: colour(0) },
      { ...quantile, label: `χ² quantile ${formatShort(threshold)}` },
      { ...reference, label: `estimate ${formatShort(estimate)}` },
    ]),
    element('rect', { x: from, y: panel.top, width: to - from, height: panel.height, fill: colour(0), opacity: '0.1' }),
    axes(panel, {
      xTicks: 6,
      xLabel: options.xLabel ?? name,
      yLabel: 'twice the fall of the log likelihood',
      yLabelOffset: 50,
    }),
    upright(panel, estimate, reference),
    straight(panel, threshold, 0, quantile),
    curve(panel, values, deviances, { width: 2.4 }),
    dots(
      panel,
      ends.map(({ value }) => value),
      ends.map(({ deviance }) => deviance),
      { fill: paper.ink, r: 4 },
    ),
  ];
  return new Plot({ title: `${share} profile interval of ${name}`, words: String(profile), width, height, body });
}
