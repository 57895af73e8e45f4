/**
 * `npm run calibration [MODEL …]`: the calibration of calibration.test.ts at full length, with as many chains and draws
 * as `sample` takes when nothing is said; the better part of an hour. One line a value with its departure from uniform
 * ranks, and the bound a right sampler stays above but once in a thousand.
 */
import { key } from '#kernel/numeric/random';
import { calibrated } from './models.ts';
import { bandGamma, departure, ranksOf } from './ranks.ts';

const lengths = { simulations: 1000, draws: 64, thin: 60, chains: 4, warmup: 1000 };
const gamma = bandGamma(lengths.simulations, lengths.draws, 0.001, 5000, key(4));
let left = 0;
const chosen = process.argv.slice(2);
for (const [model, given] of Object.entries(calibrated)) {
  if (chosen.length > 0 && !chosen.includes(model)) continue;
  for (const [name, ranks] of Object.entries(ranksOf(given, 20261123, lengths))) {
    const found = departure(ranks, lengths.draws);
    if (found < gamma) left++;
    process.stdout.write(
      `${model.padEnd(12)}${name.padEnd(10)}${found.toPrecision(3)}${found < gamma ? '  left the band' : ''}\n`,
    );
  }
}
process.stdout.write(`calibration: bound ${gamma.toPrecision(3)}; ${left} values left the band\n`);
process.exitCode = left > 0 ? 1 : 0;
