/**
 * Writes fixtures/stan.json: Stan's log density and gradient of every bench model, which agreement.test.ts holds ours
 * to where no Stan is. Run again when data or programs change: `node tests/bench/gradient/make-figures.ts`.
 */
import { writeFileSync } from 'node:fs';
import { compileModel } from '#kernel/model/index';
import { StanPeer } from '../peers/stan.ts';
import { fixedPositions, type StanFigures } from './figures.ts';
import { models } from './models.ts';

const SHOWN = 30; // elements of a gradient: enough to meet every parameter of every model

const figures: Record<string, StanFigures> = {};
for (const [name, make] of Object.entries(models)) {
  const { model, stan } = make();
  const positions = fixedPositions(compileModel(model).dimension);
  const peer = new StanPeer(name, stan, positions);
  const values = await peer.values();
  peer.close();
  figures[name] = values.map(({ value, gradient }) => ({
    value,
    first: gradient.slice(0, SHOWN),
    last: gradient.slice(SHOWN).slice(-SHOWN),
  }));
}
const made = 'Stan 2.35 (httpstan 4.13.0), g++ 12.2 -O3, by make-figures.ts';
writeFileSync(new URL('./fixtures/stan.json', import.meta.url), `${JSON.stringify({ made, figures }, null, 1)}\n`);
