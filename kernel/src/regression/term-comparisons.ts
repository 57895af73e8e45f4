/**
 * Which models a term is judged by: type II compares, with and without it, those of all terms that do not contain it;
 * type III the whole model with and without its columns (Fox & Weisberg 2019, An R Companion to Applied Regression,
 * section 5.3.4).
 */
import type { Design } from './formula/design.ts';

export type SumsOfSquares = 'I' | 'II' | 'III';

/** @throws RangeError for what is no type */
export function checkType(caller: string, type: SumsOfSquares): void {
  if (!['I', 'II', 'III'].includes(type)) {
    throw new RangeError(`${caller}: type is 'I', 'II' or 'III', got '${String(type)}'`);
  }
}

/** A term, and the columns of the models without and with it. */
export interface TermComparison {
  readonly name: string;
  readonly without: readonly number[];
  readonly within: readonly number[];
}

/** For each term of a design the two models; with type III for the intercept too. */
export function comparisons(made: Design, type: 'II' | 'III'): TermComparison[] {
  const all = made.assign.map((_, j) => j);
  const keep = (test: (term: number) => boolean) => all.filter((j) => test(made.assign[j]!));
  if (type === 'III') {
    const names = made.intercept ? ['(Intercept)', ...made.terms] : made.terms;
    const first = made.intercept ? 0 : 1;
    return names.map((name, k) => ({ name, without: keep((term) => term !== k + first), within: all }));
  }
  const parts = made.terms.map((term) => new Set(term.split(':')));
  return made.terms.map((name, t) => {
    const own = [...parts[t]!];
    const containing = parts.map((other, o) => o !== t && other.size > own.length && own.every((p) => other.has(p)));
    const outside = (term: number) => term === 0 || !containing[term - 1];
    return {
      name,
      without: keep((term) => outside(term) && term !== t + 1),
      within: keep(outside),
    };
  });
}

/** What to know of tests of type III where a factor with treatment contrasts takes part in an interaction. */
export function codingNote(made: Design, type: 'II' | 'III'): string {
  const crossed = made.terms.some((term) => term.includes(':'));
  const treatment = made.columns.some((name, j) => {
    const term = made.terms[made.assign[j]! - 1];
    const coded = term !== undefined && !term.includes(':') && name !== term;
    return coded && made.byColumn[j]!.every((x) => x === 0 || x === 1);
  });
  return type === 'III' && crossed && treatment
    ? "\n(factors in treatment contrasts: terms below an interaction are tested at its first level; give { contrasts: { …: 'sum' } })"
    : '';
}
