/**
 * Data of the gradient bench: drawn from the models themselves, from fixed seeds. Two are real: eight schools (Rubin
 * 1981, Journal of Educational Statistics 6: 377–401) and the counts of the Gaussian process (posteriordb's
 * gp_pois_regr).
 */
import { key, Stream } from '#kernel/numeric/random';

const stream = (seed: number) => new Stream(key(seed));
const normals = (s: Stream, n: number) => Array.from({ length: n }, () => s.normal());
/** Drawn when first asked for, then remembered: benches that time the telling of a model do not time its data. */
function once<T>(draw: () => T): () => T {
  let known: T | undefined;
  return () => {
    known ??= draw();
    return known;
  };
}
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

export const eight = once(() => {
  return { J: 8, y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] };
});

export const logit = once(() => {
  const n = 10_000;
  const d = 20;
  const s = stream(1);
  const b = normals(s, d).map((x) => x / 2);
  const X = Array.from({ length: n }, () => normals(s, d));
  const y = X.map((row) => Number(s.uniform() < sigmoid(0.3 + row.reduce((sum, x, j) => sum + x * b[j]!, 0))));
  return { n, d, X, y };
});

export const radon = once(() => {
  const n = 919;
  const J = 85;
  const s = stream(2);
  const al = normals(s, J).map((x) => 1.5 + 0.3 * x);
  const be = normals(s, J).map((x) => -0.6 + 0.2 * x);
  const g = Array.from({ length: n }, () => s.integer(J));
  const fl = g.map(() => Number(s.uniform() < 0.17));
  const y = g.map((j, i) => al[j]! + be[j]! * fl[i]! + 0.75 * s.normal());
  return { n, J, g, fl, y };
});

export const gp = once(() => {
  const x = [-10, -8, -6, -4, -2, 0, 2, 4, 6, 8, 10];
  return { n: 11, x, k: [40, 37, 29, 12, 4, 3, 9, 19, 77, 82, 33] };
});

export const garch = once(() => {
  const T = 200;
  const s = stream(3);
  const [mu, a0, a1, b1] = [5, 1.2, 0.25, 0.6];
  let sigma = Math.sqrt(a0 / (1 - a1 - b1));
  const y: number[] = [];
  for (let t = 0; t < T; t++) {
    if (t > 0) sigma = Math.sqrt(a0 + a1 * (y[t - 1]! - mu) ** 2 + b1 * sigma ** 2);
    y.push(mu + sigma * s.normal());
  }
  return { T, y, sigma1: 0.5 };
});

export const mix = once(() => {
  const n = 1000;
  const s = stream(4);
  return {
    n,
    y: Array.from({ length: n }, () => (s.uniform() < 0.35 ? -2 + 0.8 * s.normal() : 2.2 + 1.1 * s.normal())),
  };
});

export const kid = once(() => {
  const n = 434;
  const s = stream(5);
  const hs = Array.from({ length: n }, () => Number(s.uniform() < 0.79));
  const iq = normals(s, n).map((x) => 100 + 15 * x);
  return { n, hs, iq, y: hs.map((h, i) => 26 + 6 * h + 0.56 * iq[i]! + 18 * s.normal()) };
});

export const irt = once(() => {
  const I = 20;
  const J = 100;
  const s = stream(6);
  const a = normals(s, I).map((x) => Math.exp(x / 2));
  const b = normals(s, I);
  const theta = normals(s, J);
  const item = Array.from({ length: I * J }, (_, k) => Math.floor(k / J));
  const person = item.map((_, k) => k % J);
  const v = item.map((i, k) => Number(s.uniform() < sigmoid(a[i]! * (theta[person[k]!]! - b[i]!))));
  return { I, J, N: I * J, v, item, person };
});

export const regression = once(() => {
  const N = 5000;
  const D = 25;
  const s = stream(7);
  const beta = normals(s, D);
  const X = Array.from({ length: N }, () => {
    const row = normals(s, D);
    row[0] = 1;
    for (let j = 2; j < D; j++) row[j] = 0.9 * row[j - 1]! + 0.44 * row[j]!; // strongly correlated columns
    return row;
  });
  return { N, D, X, y: X.map((row) => row.reduce((sum, x, j) => sum + x * beta[j]!, 0) + 1.3 * s.normal()) };
});

export const ar5 = once(() => {
  const T = 200;
  const s = stream(8);
  const beta = [0.7, -0.3, 0.2, 0.1, -0.2];
  const y = normals(s, 5);
  while (y.length < T) {
    const before = y.slice(-5).reverse();
    y.push(0.1 + before.reduce((sum, x, k) => sum + x * beta[k]!, 0) + 0.15 * s.normal());
  }
  return { K: 5, T, y };
});

export const hmm = once(() => {
  const N = 400;
  const s = stream(9);
  let state = 0;
  const y = Array.from({ length: N }, () => {
    state = s.uniform() < (state === 0 ? 0.8 : 0.35) ? 0 : 1;
    return (state === 0 ? 3 : 9) + s.normal();
  });
  return { N, y };
});
