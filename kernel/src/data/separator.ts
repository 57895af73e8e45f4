/**
 * Which character separates the fields: found from the file's first line.
 */

const candidates = [',', ';', '\t', '|'] as const;

/**
 * The candidate that occurs most often in the first line, outside quotes; a comma when there is none.
 *
 * A comma is no candidate where it is the decimal sign.
 *
 * @example
 * findSeparator('a;b;"c,d"\n1;2;3', '.'); // ';'
 */
export function findSeparator(text: string, decimal: '.' | ','): string {
  const counts = new Map<string, number>();
  let quoted = false;
  for (const character of text.trimStart()) {
    if (character === '"') quoted = !quoted;
    else if (character === '\n' && !quoted) break;
    else if (!quoted) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  let best = decimal === ',' ? ';' : ',';
  for (const candidate of candidates) {
    if (candidate === ',' && decimal === ',') continue;
    if ((counts.get(candidate) ?? 0) > (counts.get(best) ?? 0)) best = candidate;
  }
  return best;
}
