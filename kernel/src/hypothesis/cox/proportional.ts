/**
 * Score tests that hazards are proportional: that no coefficient goes with a function of time (Grambsch & Therneau 1994,
 * Biometrika 81, 515–526, without their approximation of the covariance; as `cox.zph` of survival 3).
 */
import { Table } from '../../estimate/table.ts';
import { log } from '../../numeric/elementary.ts';
import { cholesky, choleskySolve } from '../../numeric/linalg/cholesky.ts';
import { chiSquaredUpper } from '../../numeric/special/tail.ts';
import { rank } from '../ranks.ts';
import { SurvivalCurve } from '../survival.ts';
import { type CoxProblem, eventTimes } from './likelihood.ts';

/** Scale of time: what has failed by the curve of Kaplan and Meier (default, as in R), the rank of the time among all, the time, its logarithm. */
export type TimeScale = 'km' | 'rank' | 'identity' | 'log';

export interface ProportionalRow {
  /** A term, or 'GLOBAL'. */
  readonly name: string;
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
}

/** The function of time at the times of events, ascending. */
function scaleOf(problem: CoxProblem, scale: TimeScale): (time: number) => number {
  switch (scale) {
    case 'identity':
      return (time) => time;
    case 'log':
      return (time) => log(time);
    case 'rank': {
      const { ranks } = rank(problem.time);
      const places = new Map(Array.from(problem.time, (time, i) => [time, ranks[i]!]));
      return (time) => places.get(time)!;
    }
    case 'km': {
      const curve = new SurvivalCurve(problem, {});
      return (time) => {
        const before = curve.time.findLastIndex((each) => each < time); // what has failed before
        return before < 0 ? 0 : 1 - curve.survival[before]!;
      };
    }
    default:
      throw new RangeError(`proportionalHazards: scale is 'km', 'rank', 'identity' or 'log', got '${scale as string}'`);
  }
}

/**
 * @param terms name and columns of each term
 * @returns one row a term, and one for all of them
 */
export function proportionalHazardsTests(
  problem: CoxProblem,
  eta: Float64Array,
  terms: readonly { readonly name: string; readonly columns: readonly number[] }[],
  scale: TimeScale,
): Table<ProportionalRow> {
  const p = problem.columns.length;
  const at = scaleOf(problem, scale);
  const times = [...eventTimes(problem, eta)];
  const events = times.reduce((sum, { dying }) => sum + dying.length, 0);
  // The tests do not depend on where the function is 0; about its mean the blocks are told apart best.
  const centre = times.reduce((sum, { time, dying }) => sum + (dying.length * at(time)) / events, 0);
  const score = new Float64Array(p); // of coefficients that go with the function of time
  const [plain, mixed, timed] = [new Float64Array(p * p), new Float64Array(p * p), new Float64Array(p * p)];
  for (const { time, dying, means, information } of times) {
    const g = at(time) - centre;
    dying.forEach((row, l) => {
      for (let j = 0; j < p; j++) score[j]! += g * (problem.columns[j]![row]! - means[l]![j]!);
    });
    information.forEach((value, jk) => {
      plain[jk]! += value;
      mixed[jk]! += g * value;
      timed[jk]! += g * g * value;
    });
  }
  const test = (name: string, chosen: readonly number[]): ProportionalRow => {
    const size = p + chosen.length;
    const matrix = Float64Array.from({ length: size * size }, (_, cell) => {
      const [row, column] = [Math.floor(cell / size), cell % size];
      const [j, k] = [row < p ? row : chosen[row - p]!, column < p ? column : chosen[column - p]!];
      const block = row < p && column < p ? plain : row < p || column < p ? mixed : timed;
      return block[j * p + k]!;
    });
    const gradient = Float64Array.from({ length: size }, (_, row) => (row < p ? 0 : score[chosen[row - p]!]!));
    const step = choleskySolve(cholesky(matrix, size), size, gradient);
    const statistic = step.reduce((sum, value, row) => sum + value * gradient[row]!, 0);
    return { name, statistic, degreesOfFreedom: chosen.length, p: chiSquaredUpper(statistic, chosen.length) };
  };
  const all = Array.from({ length: p }, (_, j) => j);
  return new Table<ProportionalRow>(
    [
      { key: 'statistic', label: 'χ²' },
      { key: 'degreesOfFreedom', label: 'df' },
      { key: 'p', label: 'p' },
    ],
    [...terms.map(({ name, columns }) => test(name, columns)), test('GLOBAL', all)],
    [`Null hypothesis: the hazard ratios do not change with time (scale: ${scale})`],
  );
}
