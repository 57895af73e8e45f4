import { describe, expect, it } from 'vitest';
import { flat, halfNormal, normal } from '#kernel/distributions/index';
import { map, mle, sample } from '#kernel/estimate/index';
import '#kernel/diagnose/index';
import { landscapeFigure } from '#kernel/figure/landscape';
import { landscape } from '#kernel/landscape/index';
import { model } from '#kernel/model/index';

const x = [-2, -1, 0, 1, 2, 3];
const y = [-3.1, -1.2, 0.4, 1.9, 4.2, 5.1];

/** A line with known noise: its log likelihood is a quadratic in (alpha, beta). */
const known = model()
  .data({ x, y })
  .parameters({ alpha: normal(0, 1), beta: normal(0, 1) })
  .observe(({ alpha, beta, x }) => ({ y: normal(alpha.add(beta.mul(x)), 0.5) }));

/** The same with unknown noise. */
const line = model()
  .data({ x, y })
  .parameters({ alpha: flat(), beta: flat(), sigma: flat().bounded({ lower: 0 }) })
  .observe(({ alpha, beta, sigma, x }) => ({ y: normal(alpha.add(beta.mul(x)), sigma) }));

const squares = (alpha: number, beta: number) => y.reduce((sum, yi, i) => sum + (yi - alpha - beta * x[i]!) ** 2, 0);
const logLikelihood = (alpha: number, beta: number, sigma: number) =>
  -0.5 * y.length * Math.log(2 * Math.PI * sigma * sigma) - squares(alpha, beta) / (2 * sigma * sigma);

type Ground = Awaited<ReturnType<typeof landscape>>;
function eachPoint(ground: Ground, look: (x: number, y: number, value: number) => void): void {
  ground.values.forEach((value, k) => {
    const columns = ground.x.grid.length;
    look(ground.x.grid[k % columns]!, ground.y.grid[Math.floor(k / columns)]!, value);
  });
}

describe('a cut through a log likelihood', () => {
  it('is the closed form at every point', async () => {
    const ground = await landscape(known, { parameters: ['alpha', 'beta'], size: 15 });
    expect(ground.others).toBe('none');
    eachPoint(ground, (alpha, beta, value) => expect(value).toBeCloseTo(logLikelihood(alpha, beta, 0.5), 8));
  });

  it('holds the other parameters at the estimate and says so', async () => {
    const fit = await mle(line);
    const ground = await landscape(line, { parameters: ['alpha', 'beta'], around: fit, size: 9 });
    expect(ground.fixed).toEqual([{ name: 'sigma', value: fit.estimates.sigma }]);
    eachPoint(ground, (alpha, beta, value) => {
      expect(value).toBeCloseTo(logLikelihood(alpha, beta, fit.estimates.sigma), 8);
    });
  });

  it('takes a given value of another parameter and given ranges', async () => {
    const ground = await landscape(line, {
      parameters: ['beta', 'alpha'],
      fixed: { sigma: 2 },
      range: { beta: [0, 3], alpha: [-1, 1] },
      size: 8,
    });
    expect([ground.x.grid[0], ground.x.grid.at(-1), ground.y.grid[0], ground.y.grid.at(-1)]).toEqual([0, 3, -1, 1]);
    eachPoint(ground, (beta, alpha, value) => expect(value).toBeCloseTo(logLikelihood(alpha, beta, 2), 8));
  });

  it('is −∞ outside the support, and by default stays inside', async () => {
    const wide = await landscape(line, { parameters: ['alpha', 'sigma'], range: { sigma: [-1, 2] }, size: 8 });
    eachPoint(wide, (_, sigma, value) => expect(value === -Infinity).toBe(sigma <= 0));
    const ground = await landscape(line, { parameters: ['alpha', 'sigma'], reach: 50, size: 8 });
    expect(ground.y.grid[0]).toBeGreaterThan(0);
    expect(ground.values.every(Number.isFinite)).toBe(true);
  });

  it('reaches four standard errors to both sides of the estimate', async () => {
    const fit = await mle(known);
    const ground = await landscape(known, { parameters: ['alpha', 'beta'], size: 8 });
    expect(ground.x.grid[0]).toBeCloseTo(fit.estimates.alpha - 4 * fit.standardErrors.alpha, 6);
    expect(ground.y.grid.at(-1)).toBeCloseTo(fit.estimates.beta + 4 * fit.standardErrors.beta, 6);
  });
});

describe('the window around an estimate at its bound', () => {
  it('reaches to where the log likelihood has fallen, for no standard error is known there', async () => {
    // Eight schools with the school effects integrated out (Rubin 1981): the MLE of tau is 0.
    const effect = [28, 8, -3, 7, -1, 1, 18, 12];
    const variance = [15, 10, 16, 11, 9, 11, 10, 18].map((se) => se ** 2);
    const marginal = model()
      .data({ effect, variance })
      .parameters({ mu: flat(), tau: flat().bounded({ lower: 0 }) })
      .observe(({ mu, tau, variance }) => ({ effect: normal(mu, tau.square().add(variance).sqrt()) }));
    const ground = await landscape(marginal, { parameters: ['mu', 'tau'], size: 20 });
    expect(ground.y.grid[0]).toBeGreaterThan(0);
    expect(ground.y.grid[0]).toBeLessThan(1);
    expect(ground.y.grid.at(-1)).toBeGreaterThan(20);
    expect(ground.y.grid.at(-1)).toBeLessThan(1000);
    expect(ground.values.every(Number.isFinite)).toBe(true);
  });
});

describe('a log posterior', () => {
  it('adds the priors, without the Jacobian', async () => {
    const scaled = model()
      .data({ y })
      .parameters({ mu: normal(0, 2), sigma: halfNormal(0, 3) })
      .observe(({ mu, sigma }) => ({ y: normal(mu, sigma) }));
    const ground = await landscape(scaled, { parameters: ['mu', 'sigma'], of: 'posterior', size: 8 });
    eachPoint(ground, (mu, sigma, value) => {
      const likelihood = y.reduce(
        (sum, yi) => sum - Math.log(sigma) - 0.5 * Math.log(2 * Math.PI) - 0.5 * ((yi - mu) / sigma) ** 2,
        0,
      );
      const priors =
        -0.5 * Math.log(2 * Math.PI * 4) -
        mu ** 2 / 8 +
        Math.log(2) -
        0.5 * Math.log(2 * Math.PI * 9) -
        sigma ** 2 / 18;
      expect(value).toBeCloseTo(likelihood + priors, 8);
    });
  });

  it('has its top at the MAP estimate', async () => {
    const fit = await map(known);
    const ground = await landscape(known, { parameters: ['alpha', 'beta'], of: 'posterior', around: fit, size: 61 });
    expect(Math.abs(ground.top.x - fit.estimates.alpha)).toBeLessThan(ground.x.grid[1]! - ground.x.grid[0]!);
    expect(Math.abs(ground.top.y - fit.estimates.beta)).toBeLessThan(ground.y.grid[1]! - ground.y.grid[0]!);
  });
});

describe('a profile', () => {
  it('has the best of the other parameters at each point: sigma² = mean squared residual', async () => {
    const ground = await landscape(line, { parameters: ['alpha', 'beta'], others: 'profiled', size: 12 });
    eachPoint(ground, (alpha, beta, value) => {
      const sigma = Math.sqrt(squares(alpha, beta) / y.length);
      expect(value).toBeCloseTo(logLikelihood(alpha, beta, sigma), 6);
    });
    expect(ground.fixed).toEqual([]);
  });

  it('profiles one coefficient out of a line', async () => {
    const ground = await landscape(line, { parameters: ['beta', 'sigma'], others: 'profiled', size: 8 });
    eachPoint(ground, (beta, sigma, value) => {
      const alpha = y.reduce((sum, yi, i) => sum + (yi - beta * x[i]!) / y.length, 0);
      expect(value).toBeCloseTo(logLikelihood(alpha, beta, sigma), 6);
    });
  });

  it('lies nowhere below the cut', async () => {
    const fit = await mle(line);
    const common = { parameters: ['alpha', 'beta'], around: fit, size: 10 } as const;
    const cut = await landscape(line, common);
    const profile = await landscape(line, { ...common, others: 'profiled' });
    profile.values.forEach((value, k) => {
      expect(value).toBeGreaterThan(cut.values[k]! - 1e-6);
    });
  });
});

describe('what lies on a landscape', () => {
  it('marks estimates, with the height of those on the cut', async () => {
    const [best, shrunk] = [await mle(known), await map(known)];
    const ground = await landscape(known, {
      parameters: ['alpha', 'beta'],
      estimates: { MLE: best, MAP: shrunk },
      size: 8,
    });
    expect(ground.marks.map(({ kind, label, x }) => [kind, label, x])).toEqual([
      ['mle', 'MLE', best.estimates.alpha],
      ['map', 'MAP', shrunk.estimates.alpha],
    ]);
    expect(ground.marks[0]!.logDensity).toBeCloseTo(best.logLikelihood, 8);
    expect(ground.marks[1]!.logDensity).toBeCloseTo(shrunk.logLikelihood, 8);
    expect(landscapeFigure(ground).highest).toBeCloseTo(best.logLikelihood, 8);
  });

  it('knows no height of an estimate that is off the cut', async () => {
    const fit = await mle(line);
    const ground = await landscape(line, { parameters: ['alpha', 'beta'], around: fit, fixed: { sigma: 1 }, size: 8 });
    expect(ground.marks[0]!.logDensity).toBeUndefined();
  });

  it('shows the draws of the two parameters', async () => {
    const posterior = await sample(known, { chains: 2, draws: 50, warmup: 100, seed: 1 });
    const ground = await landscape(known, { parameters: ['beta', 'alpha'], draws: posterior, size: 8 });
    expect([...ground.draws!.x]).toEqual(posterior.scalar('beta').flatMap((chain) => [...chain]));
    expect(ground.draws!.y).toHaveLength(100);
  });

  it('shows paths by name, and tells where they begin and end', async () => {
    const paths = { descent: { x: [0.5, 1, 1.2], y: [1, 1.4, 1.7] } };
    const ground = await landscape(known, { parameters: ['alpha', 'beta'], size: 8, paths });
    expect(ground.paths).toEqual([
      { label: 'descent', x: Float64Array.of(0.5, 1, 1.2), y: Float64Array.of(1, 1.4, 1.7) },
    ]);
    expect(String(ground)).toMatch(/descent, 3 points, from +0\.5 +1 /);
    expect(String(ground)).toMatch(/descent, to +1\.2 +1\.7 /);
    expect(landscapeFigure(ground).paths).toHaveLength(1);
    expect((await landscape(known, { parameters: ['alpha', 'beta'], size: 8 })).paths).toEqual([]);
  });

  it.each([
    ['of different lengths', { a: { x: [1, 2], y: [1] } }, /path 'a' needs as many x as y, at least one; got 2 and 1/],
    ['without a point', { a: { x: [], y: [] } }, /at least one; got 0 and 0/],
    [
      'too many to tell apart',
      Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`p${i}`, { x: [0], y: [0] }])),
      /at most 20 paths can be shown, got 21/,
    ],
  ])('refuses paths %s', async (_, paths, message) => {
    await expect(landscape(known, { parameters: ['alpha', 'beta'], size: 8, paths })).rejects.toThrow(message);
  });

  it('is told in words', async () => {
    const text = String(await landscape(line, { parameters: ['alpha', 'beta'], size: 8 }));
    expect(text).toMatch(/^Log likelihood over alpha and beta, 8 × 8 points\nheld fixed: sigma = /);
    expect(text).toMatch(/MLE +\S+ +\S+ +\S+/);
  });
});

describe('a landscape that is stopped', () => {
  it('keeps the points it has', async () => {
    const around = await mle(line);
    const ground = await landscape(line, {
      parameters: ['alpha', 'beta'],
      others: 'profiled',
      around,
      size: 128,
      signal: AbortSignal.timeout(1),
    });
    expect(ground.ending).toBe('interrupted');
    const computed = ground.values.filter(Number.isFinite).length;
    expect(computed).toBeGreaterThan(0);
    expect(computed).toBeLessThan(128 * 128);
    expect(landscapeFigure(ground).highest).toBeCloseTo(around.logLikelihood, 6);
  });

  it('tells its progress at the end', async () => {
    const seen: number[] = [];
    await landscape(known, { parameters: ['alpha', 'beta'], size: 8, onProgress: ({ done }) => seen.push(done) });
    expect(seen.at(-1)).toBe(64);
  });
});

describe('errors of landscape', () => {
  it.each([
    [{ parameters: ['alpha', 'gamma'] }, /'gamma'; expected one of: alpha, beta, sigma/],
    [{ parameters: ['alpha', 'alpha'] }, /two different names/],
    [{ parameters: ['alpha'] }, /two different names/],
    [{ parameters: ['alpha', 'beta'], fixed: { alpha: 1 } }, /fixed has 'alpha'; expected one of: sigma/],
    [{ parameters: ['alpha', 'beta'], fixed: { sigma: Number.NaN } }, /fixed.sigma must be a number/],
    [{ parameters: ['alpha', 'beta'], range: { sigma: [0, 1] } }, /range has 'sigma'; expected one of: alpha, beta/],
    [{ parameters: ['alpha', 'beta'], range: { alpha: [1, 1] } }, /range of alpha must go from a smaller/],
    [{ parameters: ['alpha', 'beta'], size: 1000 }, /size must be a whole number from 8 to 128, got 1000/],
    [{ parameters: ['alpha', 'beta'], reach: 0 }, /reach must be positive/],
    [{ parameters: ['alpha', 'beta'], of: 'evidence' }, /'likelihood' or 'posterior', got evidence/],
    [{ parameters: ['alpha', 'beta'], others: 'profile' }, /'fixed' or 'profiled', got profile/],
    [{ parameters: ['alpha', 'beta'], colour: 1 }, /no option called 'colour'/],
  ])('%j', async (options, message) => {
    await expect(landscape(line, options as never)).rejects.toThrow(message);
  });
});
