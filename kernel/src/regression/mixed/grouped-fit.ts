/**
 * What linear and generalised mixed fits share: coefficients that vary from group to group, their variances, and
 * predictors with the groups or without.
 */
import { Table } from '../../estimate/table.ts';
import type { Stream } from '../../numeric/random.ts';
import { RegressionFit } from '../fit.ts';
import type { Design } from '../formula/design.ts';
import type { Data } from '../formula/evaluate.ts';
import type { GroupedTerm } from './grouped-design.ts';
import { groupLabels } from './grouping.ts';
import { factorOf, type TermData } from './penalised-least-squares.ts';
import { times } from './small-matrices.ts';

/** A standard deviation, or a correlation of two coefficients of one term. */
export interface VarianceRow {
  readonly group: string;
  readonly name: string;
  readonly variance: number;
  readonly standardDeviation: number;
  /** With the coefficients of the term before this one. */
  readonly correlations: readonly number[];
}

/** One random coefficient of one group: its conditional mode. */
export interface EffectRow {
  readonly name: string;
  readonly group: string;
  readonly coefficient: string;
  readonly mode: number;
  readonly standardDeviation: number;
}

/** A grouped term with its columns and groups. */
export interface FittedTerm extends GroupedTerm {
  readonly data: TermData;
}

/** Which grouped terms add to a prediction: all, none, or those grouped by the factors named. */
export interface GroupOptions {
  readonly groups?: boolean | readonly string[];
}

export interface GroupedParts {
  readonly formula: string;
  readonly design: Design;
  readonly values: Float64Array; // (p,)
  readonly covariance: Float64Array; // (p, p)
  readonly observations: number;
  readonly terms: readonly FittedTerm[];
  /** Relative covariance factors, column by column of each term's lower triangle. */
  readonly theta: Float64Array;
  /** What the factors are relative to; 1 where nothing is. */
  readonly scale: number;
  /** Modes of each term's coefficients, each (L, k). */
  readonly modes: readonly Float64Array[];
  /** Their conditional covariances, each (L, k, k). */
  readonly modeCovariances: readonly Float64Array[];
  readonly warnings: readonly string[];
}

/** Adds to predictors what groups drawn anew deviate by; `scale` is what θ is relative to. // (n,) */
export function addDrawnGroups(
  value: Float64Array,
  terms: readonly FittedTerm[],
  theta: Float64Array,
  scale: number,
  stream: Stream,
): Float64Array {
  let offset = 0;
  for (const { data } of terms) {
    const { width, levels, matrix, codes } = data;
    const factor = factorOf(theta, offset, width);
    offset += (width * (width + 1)) / 2;
    const b = new Float64Array(levels * width); // (L, k)
    for (let g = 0; g < levels; g++) {
      const u = Float64Array.from({ length: width }, () => scale * stream.normal());
      b.set(times(factor, u, width), g * width);
    }
    codes.forEach((g, i) => {
      for (let j = 0; j < width; j++) value[i]! += matrix[i * width + j]! * b[g * width + j]!;
    });
  }
  return value;
}

export abstract class GroupedFit extends RegressionFit {
  readonly formula: string;
  /** Relative covariance factors, column by column of each term's lower triangle, as lme4 has them. */
  readonly theta: Float64Array;
  readonly #parts: GroupedParts;

  constructor(parts: GroupedParts) {
    super({ ...parts, rank: parts.design.columns.length, reference: 'z' });
    this.formula = parts.formula;
    this.theta = parts.theta;
    this.#parts = parts;
  }

  protected get terms(): readonly FittedTerm[] {
    return this.#parts.terms;
  }

  /** Groups of each grouping factor, by name. */
  get groups(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.terms.map(({ grouping }) => [grouping.label, grouping.levels.length]));
  }

  /** Variances, standard deviations and correlations of the random coefficients. */
  get variances(): VarianceRow[] {
    let offset = 0;
    return this.terms.flatMap(({ design, grouping, data: { width } }) => {
      const factor = factorOf(this.theta, offset, width);
      offset += (width * (width + 1)) / 2;
      const covariance = (i: number, j: number) => {
        let sum = 0;
        for (let e = 0; e <= Math.min(i, j); e++) sum += factor[i * width + e]! * factor[j * width + e]!;
        return sum * this.#parts.scale ** 2;
      };
      return design.columns.map((name, i) => ({
        group: grouping.label,
        name,
        variance: covariance(i, i),
        standardDeviation: Math.sqrt(covariance(i, i)),
        correlations: Array.from(
          { length: i },
          (_, j) => covariance(i, j) / Math.sqrt(covariance(i, i) * covariance(j, j)),
        ),
      }));
    });
  }

  /**
   * What each group deviates by: conditional modes of the random coefficients, with conditional standard deviations
   * given the fixed effects and variances, as lme4's `ranef`.
   *
   * @param group a grouping factor; default the first
   * @throws RangeError for a factor the formula does not group by
   */
  effects(group?: string): Table<EffectRow> {
    const wanted = group ?? this.terms[0]!.grouping.label;
    this.#checkGroup('effects', wanted);
    const { modes, modeCovariances } = this.#parts;
    const rows = this.terms.flatMap(({ design, grouping, data: { width } }, t) => {
      if (grouping.label !== wanted) return [];
      return grouping.levels.flatMap((level, g) =>
        design.columns.map((coefficient, j) => ({
          name: `${level} ${coefficient}`,
          group: level,
          coefficient,
          mode: modes[t]![g * width + j]!,
          standardDeviation: Math.sqrt(modeCovariances[t]![(g * width + j) * width + j]!),
        })),
      );
    });
    return new Table<EffectRow>(
      [
        { key: 'mode', label: 'mode', digits: 5 },
        { key: 'standardDeviation', label: 'sd' },
      ],
      rows,
    );
  }

  /**
   * The coefficients of each group: the fixed effects, and what the group deviates by, as lme4's `coef`.
   *
   * @param group a grouping factor; default the first
   * @returns by group, coefficients by name
   */
  coefficients(group?: string): Readonly<Record<string, Readonly<Record<string, number>>>> {
    const found: Record<string, Record<string, number>> = {};
    for (const { group: level, coefficient, mode } of this.effects(group).rows) {
      found[level] ??= { ...this.estimates };
      found[level][coefficient] = (found[level][coefficient] ?? 0) + mode;
    }
    return found;
  }

  #checkGroup(caller: string, wanted: string): void {
    const known = [...new Set(this.terms.map(({ grouping }) => grouping.label))];
    if (known.includes(wanted)) return;
    throw new RangeError(`${caller}: the model does not group by '${wanted}'; there are: ${known.join(', ')}`);
  }

  /** The predictor, groups included as asked. A group the fit has not seen deviates by nothing. */
  protected grouped(data: object | undefined, { groups = true }: GroupOptions): Float64Array {
    if (Array.isArray(groups)) for (const each of groups) this.#checkGroup('predict', each);
    const { value } = this.predictor(data);
    if (groups === false) return value;
    this.terms.forEach(({ term, design, grouping, data: { width } }, t) => {
      if (groups !== true && !groups.includes(grouping.label)) return;
      const { matrix, rows } = data === undefined ? design : design.on(data as Data);
      const { levels, codes } =
        data === undefined ? grouping : groupLabels(term.group, this.formula, data as Data, rows);
      const places = new Map(grouping.levels.map((level, g) => [level, g]));
      const modes = this.#parts.modes[t]!;
      for (let i = 0; i < rows.length; i++) {
        const g = places.get(levels[codes[i]!]!);
        if (g === undefined) continue;
        for (let j = 0; j < width; j++) value[i]! += matrix[i * width + j]! * modes[g * width + j]!;
      }
    });
    return value;
  }
}
