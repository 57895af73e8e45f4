/**
 * One model from its telling to its first gradient, in this process, as JSON on standard output: `node first.ts NAME`.
 * The library is imported and the data are there before the clock starts; nothing else has been compiled.
 */
import { compileModel } from '#kernel/model/index';
import * as data from '../gradient/data.ts';
import { models } from '../gradient/models.ts';

const [name = ''] = process.argv.slice(2);

/** CPU microseconds of all threads from telling the model to its first gradient. */
function first(): { cpu: number; wall: number } {
  const [start, clock] = [process.cpuUsage(), performance.now()];
  const density = compileModel(models[name]!().model).density({ prior: true, jacobian: true });
  density.valueAndGradient(new Float64Array(density.dimension).fill(0.1), new Float64Array(density.dimension));
  const { user, system } = process.cpuUsage(start);
  return { cpu: (user + system) / 1000, wall: performance.now() - clock };
}

// Drawn once, then remembered.
for (const [key, draw] of Object.entries(data)) if (key === name) draw();
const cold = first();
const again = Array.from({ length: 5 }, first);
process.stdout.write(JSON.stringify({ cold, again }));
