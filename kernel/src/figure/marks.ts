/**
 * How estimates are marked on a landscape, in the static picture and in JupyterLab alike.
 */

export type MarkSymbol = 'circle' | 'diamond' | 'triangle-up' | 'square' | 'triangle-down';

const markStyles: readonly { readonly colour: string; readonly symbol: MarkSymbol }[] = [
  { colour: '#D55E00', symbol: 'circle' },
  { colour: '#F0E442', symbol: 'diamond' },
  { colour: '#CC79A7', symbol: 'triangle-up' },
  { colour: '#009E73', symbol: 'square' },
  { colour: '#E69F00', symbol: 'triangle-down' },
];

/**
 * Style of the i-th estimate on a landscape: told apart by form as well as by colour, and each a little larger than
 * the one before, so that drawn from the last to the first none hides another at the same place.
 */
export function markStyle(i: number): { readonly colour: string; readonly symbol: MarkSymbol; readonly size: number } {
  return { ...markStyles[i % markStyles.length]!, size: 11 + 3.5 * Math.min(i, 4) };
}

const pathColours = ['#D55E00', '#F0E442', '#CC79A7', '#009E73', '#E69F00', '#FFFFFF'];

/** Colour and dashes of the i-th path: bright on the shades, told apart by dashes after the sixth. */
export function pathStyle(i: number): { readonly colour: string; readonly dashed: boolean } {
  return { colour: pathColours[i % pathColours.length]!, dashed: Math.floor(i / pathColours.length) % 2 === 1 };
}

/**
 * Where to draw a mark on an axis: one that lies just beyond the edge, as an estimate at its bound does, stands on
 * the edge; undefined for one that lies outside.
 */
export function placeOnAxis(
  value: number,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  const margin = 0.02 * (max - min);
  if (!(value >= min - margin && value <= max + margin)) return undefined;
  return Math.min(max, Math.max(min, value));
}
