/**
 * The highest resident memory of `sample` on 10,000 × 20 logistic data, four chains on two workers, beside that of the
 * process before the first model was told; one line of JSON.
 */
import { sample } from '#kernel/estimate/index';
import { models } from '../gradient/models.ts';
import '#kernel/diagnose/index';

const megabytes = () => process.memoryUsage.rss() / 2 ** 20;
const { model } = models.logit!();
const idle = megabytes();
let highest = idle;
const watch = setInterval(() => {
  highest = Math.max(highest, megabytes());
}, 10);
await sample(model, { chains: 4, seed: 1, workers: 2 });
clearInterval(watch);
process.stdout.write(JSON.stringify({ idle, highest: Math.max(highest, megabytes()) }));
