/**
 * Names: of the elements of an array (0-based, as ArviZ prints them), and the one that was probably meant.
 */
import type { Shape } from '../program/types.ts';

/**
 * Names of the elements in row-major order.
 *
 * @example
 * elementNames('mu', []); // ['mu']
 * elementNames('beta', [2, 2]); // ['beta[0,0]', 'beta[0,1]', 'beta[1,0]', 'beta[1,1]']
 */
export function elementNames(name: string, shape: Shape): string[] {
  if (shape.length === 0) return [name];
  let indices = [''];
  for (const size of shape) {
    const next: string[] = [];
    for (const index of indices) {
      for (let i = 0; i < size; i++) next.push(index === '' ? `${i}` : `${index},${i}`);
    }
    indices = next;
  }
  return indices.map((index) => `${name}[${index}]`);
}

/** Where element `position` (row-major) of an array stands, as text: `[1,2]`; empty for a scalar. */
export function elementIndex(position: number, shape: Shape): string {
  if (shape.length === 0) return '';
  const index: number[] = [];
  let rest = position;
  for (const size of [...shape].reverse()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `[${index.join(',')}]`;
}

/**
 * What a name that does not exist should lead to: the names there are, and the nearest of them.
 *
 * @example
 * knownNames('mi', ['mu', 'tau']); // "there are: mu, tau. Did you mean 'mu'?"
 */
export function knownNames(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'there is none yet';
  const nearest = nearestName(name, known);
  return `there are: ${known.join(', ')}${nearest === undefined ? '' : `. Did you mean '${nearest}'?`}`;
}

/** The known name at the least edit distance, when at most half of its letters differ. */
function nearestName(name: string, known: readonly string[]): string | undefined {
  const scored = known.map((candidate) => ({ candidate, distance: editDistance(name, candidate) }));
  const best = scored.sort((a, b) => a.distance - b.distance)[0];
  return best !== undefined && best.distance <= Math.max(1, best.candidate.length / 2) ? best.candidate : undefined;
}

/** Levenshtein's distance (1966), letter case ignored. */
function editDistance(from: string, to: string): number {
  const [a, b] = [from.toLowerCase(), to.toLowerCase()];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, replaced));
    }
    previous = row;
  }
  return previous[b.length]!;
}
