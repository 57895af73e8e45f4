import { describe, expect, it } from 'vitest';
import { enduranceReport, type Told } from './report.ts';

const samples = (thread: 'wire' | 'engine', heap: (cells: number) => number, until = 6000): Told[] =>
  Array.from({ length: until / 200 + 1 }, (_, i) => ({ thread, cells: 200 * i, heap: heap(200 * i), rss: 1e8 }));
const done: Told = { done: true, ran: { prints: 5990, is_interrupted: 10 }, seconds: 61 };
const noise = (i: number): number => 1e4 * ((i * 0.618) % 1);

describe('the report of an endurance run', () => {
  it('has a row a thread, and says that nothing grows', () => {
    const { text, missed } = enduranceReport([...samples('wire', (i) => 7e6 + noise(i)), done]);
    expect(missed).toEqual([]);
    expect(text.split('\n').at(1)).toMatch(/^wire +7\.0\d after 2000 +7\.0\d after 6000 /);
    expect(text.split('\n').slice(2)).toEqual([
      '5990 prints, 10 is_interrupted',
      'endurance: 6000 steps in 61 s; nothing lost, nothing grows',
    ]);
  });

  it('does not mind what grows at the beginning', () => {
    const filling = (i: number): number => Math.min(i, 1800) * 1000 + noise(i);
    expect(enduranceReport([...samples('engine', filling), done]).missed).toEqual([]);
  });

  it('names a thread that grows', () => {
    const told = [...samples('wire', noise), ...samples('engine', (i) => 100 * i + noise(i)), done];
    const { missed, text, slopes } = enduranceReport(told);
    expect(missed).toEqual(['engine']);
    expect(slopes.engine!.slope).toBeCloseTo(100, 0);
    expect(text).toContain('missed: engine');
  });

  it('is missed by a run that did not come to its end', () => {
    expect(enduranceReport(samples('wire', noise)).missed).toEqual(['the end']);
  });

  it('says of a short run that it tells nothing of growth', () => {
    const { text, missed } = enduranceReport([...samples('wire', (i) => 1000 * i, 1000), done]);
    expect(text).toContain('too short a run');
    expect(missed).toEqual([]);
  });
});
