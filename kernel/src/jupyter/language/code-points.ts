/**
 * Jupyter counts a cursor in code points, JavaScript and TypeScript count UTF-16 units: they part at the first emoji.
 */

/** 'a😀b', 2 → 3 */
export function toUnits(text: string, codePoints: number): number {
  let units = 0;
  for (let i = 0; i < codePoints && units < text.length; i++) {
    units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  }
  return units;
}

/** 'a😀b', 3 → 2 */
export function toCodePoints(text: string, units: number): number {
  return [...text.slice(0, units)].length;
}
