/**
 * The heights of a landscape: the log density at each point of a grid, on the natural scale of the parameters (no
 * Jacobian), the others held fixed or profiled.
 */
import { type CommonOptions, signalOf } from '../estimate/options.ts';
import { Pace } from '../estimate/pause.ts';
import { bar, ProgressReport } from '../estimate/progress.ts';
import type { CompiledModel } from '../model/index.ts';
import type { LogDensity } from '../program/index.ts';
import { outward } from './grid.ts';
import { climbFree } from './profile.ts';
import { positionOf } from './support.ts';
import type { Axes } from './window.ts';

export async function scan(
  compiled: CompiledModel,
  axes: Axes,
  [x, y]: readonly [Float64Array, Float64Array],
  centre: Float64Array,
  density: LogDensity,
  others: 'fixed' | 'profiled',
  options: CommonOptions,
): Promise<{ values: Float64Array; ending: 'complete' | 'interrupted' }> {
  const signal = signalOf(options);
  const report = new ProgressReport(options.onProgress);
  const pace = new Pace();
  const total = x.length * y.length;
  const values = new Float64Array(total).fill(Number.NaN); // (y, x)
  const free = others === 'profiled' ? freeCoordinates(compiled, axes) : [];
  const settled: (Float64Array | undefined)[] = new Array(total); // values of all scalars where each climb ended
  const nearest = (grid: Float64Array, value: number) =>
    grid.reduce((best, at, i) => (Math.abs(at - value) < Math.abs(grid[best]! - value) ? i : best), 0);
  const order = outward(x.length, y.length, nearest(x, centre[axes[0]]!), nearest(y, centre[axes[1]]!));
  let done = 0;
  for (const [point, from] of order) {
    const scalars = (settled[from] ?? centre).slice();
    scalars[axes[0]] = x[point % x.length]!;
    scalars[axes[1]] = y[Math.floor(point / x.length)]!;
    const position = positionOf(compiled, scalars);
    if (!position) values[point] = Number.NEGATIVE_INFINITY;
    else if (free.length === 0) values[point] = density.value(position);
    else {
      const best = climbFree(density, free, position);
      const there = compiled.constrain(position).slice(); // (scalars,)
      // A bound that depends on the others moves the scalar itself: then its coordinate alone does not hold it.
      const held = axes.every(
        (index) => Math.abs(there[index]! - scalars[index]!) <= 1e-6 * (1 + Math.abs(scalars[index]!)),
      );
      if (held && Number.isFinite(best)) {
        values[point] = best;
        settled[point] = there;
      }
    }
    done += 1;
    if (report.due()) report.update({ done, total, text: `landscape ${bar(done, total)} ${done} of ${total} points` });
    await pace.breathe();
    if (signal?.aborted) break;
  }
  report.finish({ done, total, text: `landscape: ${done} of ${total} points` });
  return { values, ending: done < total ? 'interrupted' : 'complete' };
}

/**
 * Coordinates that may move while the two scalars stay where they are: all but the scalars' own.
 * @throws RangeError for a scalar without a coordinate of its own
 */
function freeCoordinates(compiled: CompiledModel, axes: Axes): number[] {
  const own = axes.map((index) => {
    const parameter = compiled.parameters.find(({ offset, size }) => index >= offset && index < offset + size)!;
    const { name, offset, unconstrainedOffset, distribution } = parameter;
    if (distribution.support.structure !== 'real') {
      throw new RangeError(
        `landscape: ${compiled.names[index]} cannot be profiled, for the elements of ${name} (${distribution.support.structure}) move together; use others: 'fixed'`,
      );
    }
    return unconstrainedOffset + index - offset;
  });
  return Array.from({ length: compiled.dimension }, (_, k) => k).filter((k) => !own.includes(k));
}
