/**
 * The summary table of a posterior, and what its diagnostics mean in words.
 */
import { Pace } from '../estimate/pause.ts';
import { type Posterior, registerDiagnosis, type SummaryRow } from '../estimate/posterior.ts';
import { bar, ProgressReport } from '../estimate/progress.ts';
import { Table } from '../estimate/table.ts';
import { currentHost } from '../host/host.ts';
import { sortedQuantile } from '../numeric/quantile.ts';
import { bfmi, lowBfmi } from './bfmi.ts';
import { type Chains, fewestDraws, flatten, mean, splitChains, usable, variance } from './chains.ts';
import { essOfScores, essOfTails } from './ess.ts';
import { mcseOfMean, mcseOfSd } from './mcse.ts';
import { rHatOfScores } from './r-hat.ts';
import { ascendingOrder, inOrder, scoresOf } from './ranks.ts';

/** Above this the chains do not agree (Vehtari et al. 2021, §4.2). */
const highRHat = 1.01;
/** Effective draws a chain below which R-hat and ESS themselves are unreliable (ibid.: 50 for each split chain). */
const leastEssPerChain = 100;

const columns = [
  { key: 'mean', label: 'mean' },
  { key: 'sd', label: 'sd', digits: 3 },
  { key: 'q5', label: '5 %' },
  { key: 'median', label: 'median' },
  { key: 'q95', label: '95 %' },
  { key: 'mcseMean', label: 'mcse mean', digits: 2 },
  { key: 'mcseSd', label: 'mcse sd', digits: 2 },
  { key: 'essBulk', label: 'ess bulk' },
  { key: 'essTail', label: 'ess tail' },
  { key: 'rHat', label: 'r-hat' },
] as const;

const made = new WeakMap<Posterior, Table<SummaryRow>>();

/**
 * Mean, sd, 5 %, 50 % and 95 % quantiles, Monte Carlo standard errors of mean and sd, bulk and tail effective sample
 * size and R-hat of every scalar (Vehtari et al. 2021).
 *
 * @example
 * summary(posterior).row('theta[0]').rHat;
 */
export function summary(posterior: Posterior): Table<SummaryRow> {
  return made.get(posterior) ?? keep(posterior, [...rowsOf(posterior)]);
}

/**
 * `summary` with a pause between scalars and a line of progress, for whoever can wait: of many parameters and many
 * draws it takes seconds. The table is kept, so `summary` has it at once from then on.
 *
 * @throws what the running cell is stopped with, while this goes on
 */
export async function summarise(posterior: Posterior): Promise<Table<SummaryRow>> {
  const known = made.get(posterior);
  if (known) return known;
  const pace = new Pace();
  const report = new ProgressReport();
  const signal = currentHost()?.signal();
  const stopped = signal?.aborted; // before: what a stopped run has left is still to be shown
  const total = posterior.names.length;
  const rows: SummaryRow[] = [];
  for (const row of rowsOf(posterior)) {
    const done = rows.push(row);
    if (!pace.due()) continue;
    const text = `summary  ${bar(done, total)}  ${done}/${total} parameters`;
    if (report.due()) report.update({ done, total, text });
    await pace.pause();
    if (!stopped) signal?.throwIfAborted();
  }
  report.finish({ done: total, total, text: `summary of ${total} parameters` });
  return keep(posterior, rows);
}

function* rowsOf(posterior: Posterior): Generator<SummaryRow, void> {
  for (const name of posterior.names) yield rowOf(name, posterior.scalar(name));
}

function keep(posterior: Posterior, rows: readonly SummaryRow[]): Table<SummaryRow> {
  const table = new Table<SummaryRow>(columns, rows);
  made.set(posterior, table);
  return table;
}

/** All figures of one scalar: its draws are put in order once, and what several figures share is computed once. */
function rowOf(name: string, chains: Chains): SummaryRow {
  const all = flatten(chains);
  const centre = mean(all);
  const spread = variance(all);
  const known = usable(chains);
  const halves = splitChains(chains);
  const even = (chains[0]?.length ?? 0) % 2 === 0; // then the halves are all there is
  const order = known ? ascendingOrder(even ? all : flatten(halves)) : undefined;
  const inHalves = order && inOrder(even ? all : flatten(halves), order);
  const sorted = even && inHalves ? inHalves : all.slice().sort();
  const scores = order && inHalves && scoresOf(halves, order, inHalves);
  return {
    name,
    mean: centre,
    sd: Math.sqrt(spread),
    q5: sortedQuantile(sorted, 0.05),
    median: sortedQuantile(sorted, 0.5),
    q95: sortedQuantile(sorted, 0.95),
    mcseMean: known ? mcseOfMean(chains, spread) : Number.NaN,
    mcseSd: known ? mcseOfSd(chains, centre) : Number.NaN,
    essBulk: scores ? essOfScores(scores) : Number.NaN,
    essTail: known ? essOfTails(chains, sorted) : Number.NaN,
    rHat: scores && usable(chains, 2) ? rHatOfScores(halves, order, inHalves, scores) : Number.NaN,
  };
}

/** What may be wrong with the draws, each with its meaning and what to try. */
function warnings(posterior: Posterior): string[] {
  if (posterior.drawsPerChain === 0) return [];
  const { statistics, chains, drawsPerChain } = posterior;
  const total = chains * drawsPerChain;
  const found: string[] = [];
  if (drawsPerChain < fewestDraws) {
    return [
      `${drawsPerChain} draws a chain are too few for any diagnostic (they need ${fewestDraws} at least, and hundreds to ` +
        `mean something), so R-hat, effective sample sizes and standard errors are missing. Try ${again(posterior, 'draws: 1000')}.`,
    ];
  }

  const divergences = statistics.divergent.reduce((a, b) => a + b, 0);
  if (divergences > 0) {
    found.push(
      `${divergences} of ${total} trajectories diverged: the sampler could not follow the curvature there, so that ` +
        `region is missed and estimates may be biased. Try ${again(posterior, 'targetAcceptance: 0.95')}, tighter ` +
        'priors, or tell hierarchical parameters non-centred: .parameters({ z: normal(0, 1).size(n) }) and ' +
        '.derived(({ mu, tau, z }) => ({ theta: mu + tau * z })).',
    );
  }
  const deepest = statistics.treeDepth.filter((depth) => depth >= posterior.maxTreeDepth).length;
  if (deepest > 0) {
    found.push(
      `${deepest} of ${total} trajectories reached the deepest tree (${posterior.maxTreeDepth}): draws are valid but ` +
        'slow, for the posterior is long and narrow. Centre and scale the predictors, or try ' +
        `${again(posterior, `maxTreeDepth: ${Math.min(20, posterior.maxTreeDepth + 2)}`)}.`,
    );
  }
  const low = energies(posterior).filter((energy) => bfmi(energy) < lowBfmi).length;
  if (low > 0) {
    found.push(
      `In ${low} of ${chains} chains the energy mixes slowly (BFMI below ${lowBfmi}): the tails may not be explored. ` +
        'Give scales lighter tails (halfNormal in place of halfCauchy), or tell hierarchical parameters non-centred.',
    );
  }
  found.push(...mixing(posterior));
  return found;
}

function mixing(posterior: Posterior): string[] {
  const { chains, drawsPerChain } = posterior;
  const found: string[] = [];
  const { rows } = summary(posterior);
  const named = (names: readonly string[]) =>
    names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');

  const notFinite = rows.filter((row) => !Number.isFinite(row.mean)).map((row) => row.name);
  if (notFinite.length > 0) found.push(`Some draws of ${named(notFinite)} are not finite; their figures are missing.`);
  const apart = rows.filter((row) => row.rHat > highRHat).sort((a, b) => b.rHat - a.rHat);
  if (apart.length > 0) {
    found.push(
      `R-hat is up to ${apart[0]!.rHat.toFixed(3)} (${named(apart.map((row) => row.name))}): the chains do not agree, ` +
        `so these draws are not yet from the posterior. Run longer, ${longer(posterior)}; where that does not help there ` +
        "may be several modes: compare the chains, or try sampler: 'smc'.",
    );
  }
  const needed = leastEssPerChain * chains;
  const few = rows
    .map(({ name, essBulk: bulk, essTail: tail }) => ({ name, ess: Math.min(bulk, tail) }))
    .filter(({ ess }) => ess < needed)
    .sort((a, b) => a.ess - b.ess);
  if (few.length > 0) {
    found.push(
      `Effective sample size is down to ${Math.round(few[0]!.ess)} (${named(few.map(({ name }) => name))}), below ` +
        `${needed}: means and quantiles are uncertain (see mcse). Ask for more draws: ` +
        `${again(posterior, `draws: ${moreDraws(drawsPerChain, needed / few[0]!.ess)}`)}.`,
    );
  }
  if (chains === 1) {
    found.push(`One chain cannot show whether it has missed something: run several, ${again(posterior, 'chains: 4')}.`);
  }
  return found;
}

/** The call to try, with the sampler that was used. */
function again({ sampler }: Posterior, options: string): string {
  return `sample(model, { ${sampler === 'nuts' ? '' : `sampler: '${sampler}', `}${options} })`;
}

function longer(posterior: Posterior): string {
  const draws = 2 * posterior.drawsPerChain;
  return again(posterior, `warmup: ${Math.max(2000, draws)}, draws: ${draws}`);
}

/** As many as would be enough if they went on as they began: at least twice, at most twenty times as many. */
function moreDraws(draws: number, factor: number): number {
  const times = Math.min(20, Math.max(2, Math.ceil(factor)));
  return times * draws;
}

/** The energies chain by chain. */
function energies({ statistics, chains, drawsPerChain }: Posterior): Float64Array[] {
  return Array.from({ length: chains }, (_, chain) =>
    statistics.energy.subarray(chain * drawsPerChain, (chain + 1) * drawsPerChain),
  );
}

registerDiagnosis({ summary, warnings });
