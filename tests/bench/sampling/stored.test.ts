import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digest, type StoredRun, StoredRuns } from './stored.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'estimand runs '));
  file = join(folder, 'runs.jsonl');
});

afterEach(() => rmSync(folder, { recursive: true }));

const run = (seed: number, version = 'a', ess = 1000): StoredRun => ({
  version,
  figure: { sampler: 'us', model: 'eight', seed, seconds: 1, cpu: 2, build: 0, ess, rhat: 1, leapfrogs: 10 },
  moments: { mu: [1, 2, 0.1, 0.2] },
  load: 3,
});

describe('the stored runs of the sampling bench', () => {
  it('are found by another process, as long as what was run is the same', () => {
    new StoredRuns(file).put(run(1));
    const again = new StoredRuns(file);
    expect(again.find('us', 'eight', 1, 'a')).toEqual(run(1));
    expect(again.find('us', 'eight', 1, 'b')).toBeUndefined();
    expect(again.find('us', 'eight', 2, 'a')).toBeUndefined();
    expect(again.find('Stan', 'eight', 1, 'a')).toBeUndefined();
  });

  it('are replaced by later ones of the same sampler, model and seed', () => {
    const runs = new StoredRuns(file);
    runs.put(run(1));
    runs.put(run(1, 'b', 2000));
    expect(runs.find('us', 'eight', 1, 'a')).toBeUndefined();
    expect(new StoredRuns(file).find('us', 'eight', 1, 'b')?.figure.ess).toBe(2000);
  });

  it('survive a line that was cut short when the process ended', () => {
    const runs = new StoredRuns(file);
    runs.put(run(1));
    appendFileSync(file, '{"version":"a","figure":{"sam');
    expect(new StoredRuns(file).find('us', 'eight', 1, 'a')).toEqual(run(1));
  });

  it('are forgotten when asked to', () => {
    const runs = new StoredRuns(file);
    runs.put(run(1));
    runs.forget();
    expect(runs.find('us', 'eight', 1, 'a')).toBeUndefined();
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });
});

it('a digest tells texts apart, and where one ends and the next begins', () => {
  expect(digest('ab', 'c')).toMatch(/^[0-9a-f]{12}$/);
  expect(digest('ab', 'c')).toBe(digest('ab', 'c'));
  expect(digest('ab', 'c')).not.toBe(digest('a', 'bc'));
});
