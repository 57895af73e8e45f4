/**
 * "Did you mean": the known name nearest to one that is not known.
 */

/**
 * Distance of Damerau (1964) in its restricted form: insertions, deletions, substitutions and swaps of neighbours
 * that turn `a` into `b`: 'lwo' → 'low' is 1.
 */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? beforePrevious[j - 2]! + 1 : Infinity;
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, substitution, swap));
    }
    beforePrevious = previous;
    previous = row;
  }
  return previous[b.length]!;
}

/** The nearest of `known`, upper and lower case alike, if a third of its letters or fewer differ. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = Infinity;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance <= Math.max(1, candidate.length / 3) && distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** "Did you mean 'x'? There are: a, b, c." */
export function namesHint(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  const listed = known.length > 30 ? `${known.slice(0, 30).join(', ')}, … (${known.length})` : known.join(', ');
  return `${nearest === undefined ? '' : `did you mean '${nearest}'? `}There are: ${listed}`;
}
