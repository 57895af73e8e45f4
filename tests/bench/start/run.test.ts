import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startReport } from './run.ts';

const row = (name: string, cold: number) => ({ name, cold, wall: 2 * cold, again: cold / 10 });

describe('the start bench', () => {
  it('judges the median and the largest of the cold starts', () => {
    const rows = [row('a', 10), row('b', 30), row('c', 140)];
    expect(startReport(rows, { median: 50, largest: 150 }).missed).toEqual([]);
    expect(startReport(rows, { median: 20, largest: 100 }).missed).toEqual(['median', 'largest']);
    expect(startReport(rows, {}).text).toMatch(/median 30 ms \(bar –\), largest 140 ms/);
  });
  it('says which bar is missed, NaN included', () => {
    expect(startReport([row('a', Number.NaN)], { median: 50, largest: 150 }).missed).toEqual(['median', 'largest']);
  });
  it('times one model in a process of its own', () => {
    const script = fileURLToPath(new URL('./first.ts', import.meta.url));
    const { cold, again } = JSON.parse(execFileSync(process.execPath, [script, 'kid'], { encoding: 'utf8' }));
    expect(cold.cpu).toBeGreaterThan(0);
    expect(again).toHaveLength(5);
  });
});
