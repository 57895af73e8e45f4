/**
 * Training is estimation: cross-entropy and mean squared error at their least are maximum likelihood, coupled weight
 * decay is the mode under a zero-mean normal prior of variance 1 / (N λ), and decoupled decay is not.
 */
import { describe, expect, it } from 'vitest';
import { bernoulliLogit } from '#kernel/distributions/bernoulli';
import { categoricalLogit } from '#kernel/distributions/categorical';
import { flat } from '#kernel/distributions/flat';
import { halfNormal } from '#kernel/distributions/half-normal';
import { normal } from '#kernel/distributions/normal';
import { map } from '#kernel/estimate/map';
import { mle } from '#kernel/estimate/mle';
import { model } from '#kernel/model/index';
import { linear } from '#kernel/nets/layers/linear';
import { binaryCrossEntropy } from '#kernel/nets/losses/classification';
import { crossEntropy } from '#kernel/nets/losses/cross-entropy';
import { negativeLogLikelihood } from '#kernel/nets/losses/likelihood';
import { meanSquaredError } from '#kernel/nets/losses/regression';
import { network } from '#kernel/nets/net';
import { adam, adamW } from '#kernel/nets/optimisers/adam';
import type { Optimiser } from '#kernel/nets/types';
import { key, Stream } from '#kernel/numeric/random';
import { stack } from '#kernel/program/functions';
import type { Expr } from '#kernel/program/types';
import { minimise, objectiveOf } from './whole-batch.ts';

const rows = 60;
const stream = new Stream(key(3));
const x = Array.from({ length: rows }, () => [stream.normal(), stream.normal()] as const);
const first = x.map(([a]) => a);
const second = x.map(([, b]) => b);
const flatX = x.flat();
const y = x.map(([a, b]) => 1 + 2 * a - b + 0.5 * stream.normal());
const label = x.map(([a, b]) => Number(0.3 + a - 0.5 * b + stream.normal() > 0));
const species = x.map(([a, b]) => {
  const scores = [0.5 * a, b, -0.4 * a - b].map((score) => score - Math.log(-Math.log(stream.uniform())));
  return scores.indexOf(Math.max(...scores));
});
const built = (outputs: number) => network(linear(2, outputs), { input: [2], seed: 1, precision: 'double' });
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

describe('training to the least loss is maximum likelihood', () => {
  it('binary cross-entropy: a logistic regression, fitted probabilities equal to 1e-8', async () => {
    const net = built(1);
    const least = minimise(objectiveOf(net, binaryCrossEntropy(), { x: flatX, y: label, rows }));
    const logistic = model()
      .data({ first, second, label })
      .parameters({ a: flat(), b: flat(), c: flat() })
      .observe(({ a, b, c, first, second }) => ({
        label: bernoulliLogit(a.add(b.mul(first)).add(c.mul(second)) as unknown as Expr),
      }));
    const fit = await mle(logistic);
    const { a, b, c } = fit.estimates as Record<string, number>;
    const { values } = net.predict(x);
    x.forEach(([u, v], i) => {
      expect(Math.abs(sigmoid(values[i]!) - sigmoid(a! + b! * u + c! * v))).toBeLessThan(1e-8);
    });
    expect(least * rows).toBeCloseTo(-fit.logLikelihood, 8);
  });

  it('cross-entropy of three classes: a multinomial regression, though the net has a class more than it needs', async () => {
    const net = built(3);
    const least = minimise(objectiveOf(net, crossEntropy(), { x: flatX, y: species, rows }));
    const multinomial = model()
      .data({ first, second, species })
      .parameters({ p: flat().size(3), q: flat().size(3) })
      .observe(({ p, q, first, second }) => {
        const score = (w: Expr) =>
          (w.at(0) as Expr).add((w.at(1) as Expr).mul(first)).add((w.at(2) as Expr).mul(second)) as Expr;
        const scores = stack([score(p as never), score(q as never), score(p as never).mul(0)]).transpose();
        return { species: categoricalLogit(scores as Expr) };
      });
    const fit = await mle(multinomial);
    const { p, q } = fit.estimates as unknown as Record<string, Float64Array>;
    const { values } = net.predict(x);
    x.forEach(([u, v], i) => {
      const theirs = [p!, q!].map((w) => Math.exp(w[0]! + w[1]! * u + w[2]! * v));
      const total = theirs[0]! + theirs[1]! + 1;
      const ours = [0, 1, 2].map((k) => Math.exp(values[3 * i + k]!));
      const sum = ours.reduce((s, e) => s + e);
      [theirs[0]!, theirs[1]!, 1].forEach((e, k) => {
        expect(Math.abs(ours[k]! / sum - e / total)).toBeLessThan(1e-8);
      });
    });
    expect(least * rows).toBeCloseTo(-fit.logLikelihood, 8);
  });

  it('mean squared error: a linear regression, fitted means equal to 1e-8, and the error is the variance', async () => {
    const net = built(1);
    const least = minimise(objectiveOf(net, meanSquaredError(), { x: flatX, y, rows }));
    const regression = model()
      .data({ first, second, y })
      .parameters({ a: flat(), b: flat(), c: flat(), sigma: halfNormal(0, 10) })
      .observe(({ a, b, c, sigma, first, second }) => ({
        y: normal(a.add(b.mul(first)).add(c.mul(second)) as unknown as Expr, sigma),
      }));
    const fit = await mle(regression);
    const { a, b, c, sigma } = fit.estimates as Record<string, number>;
    const { values } = net.predict(x);
    x.forEach(([u, v], i) => {
      expect(Math.abs(values[i]! - (a! + b! * u + c! * v))).toBeLessThan(1e-8);
    });
    expect(Math.sqrt(least)).toBeCloseTo(sigma!, 7);
  });

  it('a negative log likelihood: the same as its own loss', () => {
    const [ours, theirs] = [built(1), built(1)];
    minimise(
      objectiveOf(
        ours,
        negativeLogLikelihood((logit) => bernoulliLogit(logit)),
        { x: flatX, y: label, rows },
      ),
    );
    minimise(objectiveOf(theirs, binaryCrossEntropy(), { x: flatX, y: label, rows }));
    ours.predict(x).values.forEach((logit, i) => {
      expect(Math.abs(sigmoid(logit) - sigmoid(theirs.predict(x).values[i]!))).toBeLessThan(1e-8);
    });
  });
});

describe('weight decay', () => {
  const lambda = 0.05;

  /** The mode under normal priors of variance 1 / (N λ) on every parameter: PyTorch's decay takes biases too. */
  async function mode() {
    const sd = 1 / Math.sqrt(rows * lambda);
    const penalised = model()
      .data({ first, second, label })
      .parameters({ a: normal(0, sd), b: normal(0, sd), c: normal(0, sd) })
      .observe(({ a, b, c, first, second }) => ({
        label: bernoulliLogit(a.add(b.mul(first)).add(c.mul(second)) as unknown as Expr),
      }));
    const { a, b, c } = (await map(penalised)).estimates as Record<string, number>;
    return [b!, c!, a!]; // as the net has them: weights, then the bias
  }

  it('coupled to the gradient is a zero-mean normal prior of variance 1 / (N λ)', async () => {
    const net = built(1);
    const objective = objectiveOf(net, binaryCrossEntropy(), { x: flatX, y: label, rows });
    const decay = {
      dimension: objective.dimension,
      value: (w: Float64Array) => 0.5 * lambda * w.reduce((sum, v) => sum + v * v, 0),
      valueAndGradient(w: Float64Array, gradient: Float64Array) {
        w.forEach((v, i) => {
          gradient[i] = lambda * v; // what a step of coupled decay adds to the gradient
        });
        return this.value(w);
      },
    };
    minimise(objective, decay);
    const found = objective.take();
    (await mode()).forEach((value, i) => {
      expect(Math.abs(found[i]! - value)).toBeLessThan(1e-7);
    });
  });

  it('coupled, Adam goes there too; decoupled, AdamW goes elsewhere', async () => {
    const expected = await mode();
    const descend = (optimiser: Optimiser) => {
      const net = built(1);
      const step = net.trainingStep({ loss: binaryCrossEntropy(), optimiser, batchSize: rows });
      for (let t = 1; t <= 6000; t++) step.run({ x: flatX, y: label }, { step: t, rate: 0.05 / (1 + t / 200) });
      return net.trainable.flatMap((path) => [...net.get(path).values]);
    };
    const apart = (w: readonly number[]) => Math.max(...expected.map((value, i) => Math.abs(w[i]! - value)));
    const options = { weightDecay: lambda, betas: [0.9, 0.99], epsilon: 1e-3 } as const;
    expect(apart(descend(adam(options)))).toBeLessThan(1e-4);
    expect(apart(descend(adamW(options)))).toBeGreaterThan(1e-2);
  });
});
