/**
 * Colours that readers with any kind of colour vision can tell apart: after Okabe & Ito (2008), "Color Universal
 * Design". On white their yellow is left out and their orange and sky blue are darkened, so that every line has a
 * contrast of at least 3 : 1 (WCAG 2.2, 1.4.11). After the seventh, lines are dashed.
 */

export const palette = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#B87A00', '#2B8AC6', '#4D4D4D'] as const;

/** Colour of the i-th series. */
export function colour(i: number): string {
  return palette[i % palette.length]!;
}

/** SVG dash pattern of the i-th series: solid for the first seven, then two kinds of dashes. */
export function dash(i: number): string | undefined {
  return [undefined, '5 2', '2 2'][Math.floor(i / palette.length) % 3];
}

/** The static picture's own colours; it brings its light background with it, so it reads on dark pages too. */
export const paper = {
  background: '#ffffff',
  ink: '#1f2430',
  soft: '#5b6270',
  grid: '#e3e6eb',
  frame: '#9aa1ad',
} as const;

/**
 * Shades of one blue from the top of a landscape (dark) to its foot (pale): single-hue, so order is read from
 * lightness alone. `share` runs from 0 (top) to 1 (foot).
 */
export function shade(share: number): string {
  const stops = [
    [8, 64, 129],
    [43, 140, 190],
    [123, 187, 221],
    [198, 222, 239],
    [244, 248, 252],
  ] as const; // after ColorBrewer's "GnBu"/"Blues" sequence (Brewer 2003)
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(at));
  const mix = (k: 0 | 1 | 2) => Math.round(stops[low]![k] + (at - low) * (stops[low + 1]![k] - stops[low]![k]));
  return `#${[mix(0), mix(1), mix(2)].map((v) => v.toString(16).padStart(2, '0')).join('')}`;
}
