import { describe, expect, it } from 'vitest';
import { axes, type Panel, pixelX, pixelY } from '#kernel/figure/panel';
import { isWellFormed } from './xml.ts';

const panel: Panel = { left: 10, top: 20, width: 100, height: 50, x: [0, 10], y: [-1, 1] };

describe('a panel', () => {
  it('places data between its edges, y upwards', () => {
    expect([pixelX(panel, 0), pixelX(panel, 10), pixelX(panel, 5)]).toEqual([10, 110, 60]);
    expect([pixelY(panel, -1), pixelY(panel, 1)]).toEqual([70, 20]);
  });

  it('turns an axis round when its ends are', () => {
    expect(pixelY({ ...panel, y: [3, 0] }, 3)).toBe(70);
    expect(pixelY({ ...panel, y: [3, 0] }, 0)).toBe(20);
  });

  it('puts everything in the middle of an axis of no width', () => {
    expect(pixelX({ ...panel, x: [4, 4] }, 4)).toBe(60);
  });

  it('has a grid line and a label per tick, and names', () => {
    const svg = axes(panel, { xTicks: 2, yTicks: 2, xLabel: 'x & y', yLabel: 'density' });
    expect(isWellFormed(svg)).toBe(true);
    expect(svg.match(/<line /g)).toHaveLength(6);
    expect(svg).toContain('x &amp; y');
    expect(svg).toContain('rotate(-90');
    expect(axes(panel, { xTicks: 0, yTicks: 0 })).not.toContain('<text');
  });
});
