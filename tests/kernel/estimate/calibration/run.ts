/**
 * `npm run calibration`: the calibration of calibration.test.ts at full length, a quarter of an hour. One line a value
 * with its departure from uniform ranks, and the bound a right sampler stays above but once in a thousand.
 */
import { key } from '#kernel/numeric/random';
import { calibrated } from './models.ts';
import { bandGamma, departure, ranksOf } from './ranks.ts';

const lengths = { simulations: 1000, draws: 63, thin: 8 };
const gamma = bandGamma(lengths.simulations, lengths.draws, 0.001, 5000, key(4));
let left = 0;
for (const [model, given] of Object.entries(calibrated)) {
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
