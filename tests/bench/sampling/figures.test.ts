import { describe, expect, it } from 'vitest';
import { type RunFigure, samplingReport, summarise, us } from './figures.ts';
import { samplingModels } from './models.ts';

const run = (sampler: string, seed: number, given: Partial<RunFigure>): RunFigure => ({
  sampler,
  model: 'm',
  seed,
  seconds: 1,
  cpu: 2,
  build: 10,
  ess: 1000,
  rhat: 1.001,
  leapfrogs: 10_000,
  apart: 1,
  ...given,
});

describe('the figures of the sampling bench', () => {
  const runs = [1, 2, 3].flatMap((seed) => [
    run(us, seed, { seconds: 0.5, cpu: 1, build: 0.3, ess: 1000 + 100 * seed }),
    run(`${us}, no rewrites`, seed, { ess: 9e9 }),
    run('slow', seed, { ess: 400 * seed, apart: seed }),
    run('fast', seed, { ess: 2000, seconds: 1, cpu: 1, build: 20 }),
  ]);
  const [figure] = summarise(runs);

  it('are medians over seeds, and the worst of R-hat and distance', () => {
    const [ours, , slow] = figure!.samplers;
    expect(ours).toMatchObject({ perSecond: 2400, perCpuSecond: 1200, ess: 1200 });
    expect(ours!.toFourHundred).toBeCloseTo(0.3 + (0.5 * 400) / 1200, 10);
    expect(slow).toMatchObject({ perSecond: 800, apart: 3 });
  });

  it('compare us with the best of the others, our own second row left out', () => {
    expect(figure!.ratio).toBeCloseTo(2400 / 2000, 10);
    expect(figure!.cpuRatio).toBeCloseTo(1200 / 2000, 10);
    expect(figure!.toFourHundred).toBeCloseTo((10 + 400 / 800) / (0.3 + 200 / 1200), 10);
  });

  it('are judged by bars on models and on the whole', () => {
    const bars = { m: 1.1, 'models won': 1, 'geometric mean': 1.5 };
    const { text, missed } = samplingReport([figure!], bars);
    expect(missed).toEqual(['geometric mean (1.20, bar 1.50)']);
    expect(text).toContain('sampling: 1 models; models won 1.00');
    expect(text.split('\n').at(-1)).toContain('missed: geometric mean');
    expect(samplingReport([figure!], { m: 1 }).text).toContain('every bar reached');
  });
});

describe('the models of the sampling bench', () => {
  it('are the ten of the goal, each with its data for the peers', () => {
    expect(Object.keys(samplingModels)).toEqual([
      'eight',
      'ar5',
      'kid',
      'nes',
      'mix',
      'garch',
      'sblri',
      'hmm',
      'radon',
      'irt',
    ]);
    for (const make of Object.values(samplingModels)) {
      const { data, stan } = make();
      expect(Object.keys(data).length).toBeGreaterThan(0);
      expect(stan.program).toMatch(/^[a-z_\d]+$/);
    }
  });
});
