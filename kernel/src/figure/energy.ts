/**
 * The energies of a Hamiltonian sampler: how they spread over the draws, against how far one step changes them
 * (Betancourt 2016, arXiv:1604.00695, section 4). Where the second is much narrower, the chain walks through the energies
 * too slowly to reach the tails; the BFMI is the share of the variance a step covers.
 *
 * A static picture, PNG and words, as `scatter` is.
 */
import { bfmi } from '../diagnose/index.ts';
import type { Posterior } from '../estimate/index.ts';
import { Displayable, jupyterDisplay } from '../host/display.ts';
import type { MimeBundle } from '../host/host.ts';
import { colour, dash, paper } from './colours.ts';
import { density, densityGrid } from './density.ts';
import { axes, type Panel, pixelX, pixelY } from './panel.ts';
import { pictureBundle } from './static-picture.ts';
import { document, element, path, text, textWidth } from './svg.ts';
import { formatNumber } from './ticks.ts';

const width = 720;
const height = 400;
const points = 160;
/** Below this the energies are explored too slowly (Stan's threshold). */
const low = 0.3;

/** The energies of draws, and of steps between them; displays itself. */
export class EnergyPlot extends Displayable {
  override readonly kind = 'energyPlot';
  /** BFMI of each chain. */
  readonly bfmi: readonly number[];
  readonly #spread: Float64Array; // (chains · draws,), sorted, each chain about its mean
  readonly #steps: Float64Array; // (chains · (draws − 1),), sorted

  constructor(energy: Float64Array, chains: number) {
    super();
    const draws = energy.length / chains;
    if (!(draws >= 2)) {
      throw new RangeError(
        'energyPlot: expected at least two draws with an energy a chain; only NUTS and HMC have energies',
      );
    }
    const each = Array.from({ length: chains }, (_, k) => energy.subarray(k * draws, (k + 1) * draws));
    this.bfmi = each.map((chain) => bfmi(chain));
    const centred = each.map((chain) => {
      const mean = chain.reduce((sum, e) => sum + e / draws, 0);
      return chain.map((e) => e - mean);
    });
    this.#spread = Float64Array.from(centred.flatMap((chain) => [...chain])).sort();
    this.#steps = Float64Array.from(
      each.flatMap((chain) => [...chain.subarray(1).map((e, i) => e - chain[i]!)]),
    ).sort();
  }

  /** The picture as one SVG document. */
  svg(): string {
    const curves = [
      { label: 'energies of the draws', sorted: this.#spread },
      { label: 'changes from draw to draw', sorted: this.#steps },
    ].map(({ label, sorted }) => {
      const grid = densityGrid(sorted, points);
      return { label, grid, values: density(sorted, grid) };
    });
    const reach = Math.max(...curves.map(({ grid }) => Math.max(-grid.start, grid.end)));
    const panel: Panel = {
      left: 60,
      top: 66,
      width: width - 60 - 24,
      height: height - 66 - 52,
      x: [-reach, reach],
      y: [0, 1.06 * Math.max(...curves.flatMap(({ values }) => [...values]))],
    };
    let at = 16;
    const legend = curves.map(({ label }, i) => {
      const x = at;
      at += 26 + textWidth(label) + 24;
      const line = { d: `M${x} 44h20`, stroke: colour(i), 'stroke-width': 2.4, 'stroke-dasharray': dash(7 * i) };
      return element('path', line) + text(x + 26, 48, label);
    });
    const lines = curves.map(({ grid, values }, i) => {
      const xs = Array.from(values, (_, k) => grid.start + (k * (grid.end - grid.start)) / (points - 1));
      const d = path(
        xs.map((x) => pixelX(panel, x)),
        Array.from(values, (v) => pixelY(panel, v)),
      );
      return element('path', {
        d,
        fill: 'none',
        stroke: colour(i),
        'stroke-width': 2.4,
        'stroke-dasharray': dash(7 * i),
      });
    });
    const body = [
      text(16, 26, 'Energy: its spread, and its steps', { size: 16 }),
      ...legend,
      axes(panel, { xTicks: 9, yTicks: 0, xLabel: 'energy, about its mean in each chain' }),
      text(width - 24, 48, `BFMI ${this.#figures()}`, { anchor: 'end', fill: paper.soft }),
      ...lines,
    ];
    return document(width, height, 'Energy: its spread, and its steps', this.toString(), body.join(''));
  }

  #figures(): string {
    const shown = this.bfmi.slice(0, 4).map((value) => formatNumber(value, 2));
    return `${shown.join(', ')}${this.bfmi.length > 4 ? ', …' : ''}`;
  }

  /** What the picture shows, in words. */
  override toString(): string {
    const sd = (values: Float64Array) => Math.sqrt(values.reduce((sum, v) => sum + (v * v) / values.length, 0));
    const worst = this.bfmi.reduce((least, value) => (value < least ? value : least), Infinity);
    const verdict = worst < low ? `below ${low}: the tails are reached too slowly` : `at least ${low}: in order`;
    return (
      `Energies of ${this.#spread.length} draws have standard deviation ${formatNumber(sd(this.#spread), 3)}, ` +
      `their changes from draw to draw ${formatNumber(sd(this.#steps), 3)}; BFMI by chain ${this.#figures()} (${verdict}).`
    );
  }

  override [jupyterDisplay](): Promise<MimeBundle> {
    return pictureBundle(this.svg(), this.toString());
  }
}

/**
 * Draw the energies of a posterior's draws against the changes from one to the next: two curves of like width when the
 * momenta explore the energies well.
 *
 * @throws RangeError for draws of a sampler that has no energy
 * @example energyPlot(await sample(schools, { seed: 1 }))
 */
export function energyPlot(posterior: Posterior): EnergyPlot {
  const { energy } = posterior.statistics;
  if (!energy.every(Number.isFinite)) {
    throw new RangeError(
      `energyPlot: the draws of '${posterior.sampler}' have no energy; only those of NUTS and HMC have`,
    );
  }
  return new EnergyPlot(energy, posterior.chains);
}
