import { describe, expect, it } from 'vitest';
import { colour, dash, palette, paper, shade } from '#kernel/figure/colours';
import { markStyle, placeOnAxis } from '#kernel/figure/marks';
import { onDark } from '#labextension/theme';

const channels = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  const [r, g, b] = channels(hex).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}

/** How a colour looks without green-sensitive cones (Viénot, Brettel & Mollon 1999), as linear RGB. */
function withoutGreen(hex: string): number[] {
  const [r, g, b] = channels(hex).map((c) => c ** 2.2);
  const mixed = 0.29275 * r! + 0.70725 * g!;
  return [mixed, mixed, -0.02234 * r! + 0.02234 * g! + b!];
}

describe('colours of series', () => {
  it.each([
    ['on white', palette, '#ffffff'],
    ['on a dark page', onDark, '#111111'],
  ])('stand out %s', (_, colours, background) => {
    for (const one of colours) expect(contrast(one, background), one).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ['on white', palette],
    ['on a dark page', onDark],
  ])('differ for readers who see no green, %s: the first four of each', (_, colours) => {
    const seen = colours.slice(0, 4).map(withoutGreen);
    seen.forEach((a, i) => {
      for (const b of seen.slice(i + 1)) expect(Math.hypot(...a.map((c, k) => c - b[k]!))).toBeGreaterThan(0.08);
    });
  });

  it('come again with another dash', () => {
    expect([colour(0), dash(0)]).toEqual([palette[0], undefined]);
    expect([colour(7), dash(7)]).toEqual([palette[0], '5 2']);
    expect([colour(14), dash(14)]).toEqual([palette[0], '2 2']);
  });
});

describe('shades of a landscape', () => {
  it('grow lighter from the top to the foot', () => {
    const light = Array.from({ length: 21 }, (_, i) => luminance(shade(i / 20)));
    expect(light.every((value, i) => i === 0 || value > light[i - 1]!)).toBe(true);
    expect(shade(-1)).toBe(shade(0));
    expect(shade(2)).toBe(shade(1));
  });
});

describe('text', () => {
  it('is readable on the picture’s own ground', () => {
    expect(contrast(paper.ink, paper.background)).toBeGreaterThan(7);
    expect(contrast(paper.soft, paper.background)).toBeGreaterThan(4.5);
  });
});

describe('marks', () => {
  it('differ in form and grow, so that none hides another at the same place', () => {
    const styles = [0, 1, 2, 3, 4].map(markStyle);
    expect(new Set(styles.map(({ symbol }) => symbol)).size).toBe(5);
    expect(styles.every(({ size }, i) => i === 0 || size > styles[i - 1]!.size)).toBe(true);
    for (const { colour } of styles) expect(contrast(colour, paper.ink)).toBeGreaterThan(3);
  });

  it('stand on the edge when they lie just beyond it, and are left out further away', () => {
    const axis = { min: 0.001, max: 10 };
    expect(placeOnAxis(1e-9, axis)).toBe(0.001);
    expect(placeOnAxis(5, axis)).toBe(5);
    expect(placeOnAxis(11, axis)).toBeUndefined();
    expect(placeOnAxis(Number.NaN, axis)).toBeUndefined();
  });
});
