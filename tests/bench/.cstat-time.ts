import { compileModel } from '#kernel/model/index';
import { compileLogDensity } from '#kernel/program/compile';
import { models } from '/tmp/cstat/clone/tests/bench/gradient/models.ts';

const names = process.argv.slice(2);
for (const name of names.length ? names : Object.keys(models)) {
  const { model } = models[name.replace('-', '')]!();
  const c = compileModel(model);
  const plain = name.endsWith('-');
  const d = plain
    ? compileLogDensity({
        position: c.expressions.position,
        value: c.expressions.terms.map((t) => t.value).reduce((x, y) => x.add(y)),
        rewrites: { leastSquares: false },
      })
    : c.density({ prior: true, jacobian: true });
  const g = new Float64Array(d.dimension);
  const q = Array.from({ length: 5 }, (_, k) =>
    Float64Array.from({ length: d.dimension }, (_, i) => 0.3 * Math.sin(i + 1 + k)),
  );
  let best = Infinity;
  let n = 10;
  const block = (n: number) => {
    const t = process.cpuUsage();
    for (let i = 0; i < n; i++) d.valueAndGradient(q[i % 5]!, g);
    const e = process.cpuUsage(t);
    return (e.user + e.system) / n;
  };
  for (let i = 0; i < 3000; i++) {
    d.valueAndGradient(q[i % 5]!, g);
  }
  const each = block(200);
  n = Math.max(10, Math.round(30000 / each));
  for (let r = 0; r < 15; r++) best = Math.min(best, block(n));
  console.log(name.padEnd(12), best.toFixed(3));
}
