/**
 * The summary table of a posterior, and what its diagnostics mean in words.
 */
import { type Posterior, registerDiagnosis, type SummaryRow } from '../estimate/posterior.ts';
import { Table } from '../estimate/table.ts';
import { sortedQuantile } from '../numeric/quantile.ts';
import { bfmi, lowBfmi } from './bfmi.ts';
import { flatten, mean, splitChains, usable, variance } from './chains.ts';
import { essOfScores, essTail } from './ess.ts';
import { mcseMean, mcseSd } from './mcse.ts';
import { rHatOfScores } from './r-hat.ts';
import { rankNormalise } from './ranks.ts';

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
  const known = made.get(posterior);
  if (known) return known;
  const rows = posterior.names.map((name): SummaryRow => {
    const chains = posterior.scalar(name);
    const all = flatten(chains);
    const sorted = all.slice().sort();
    const halves = splitChains(chains);
    const scores = usable(chains) ? rankNormalise(halves) : undefined; // what bulk ESS and R-hat share
    return {
      name,
      mean: mean(all),
      sd: Math.sqrt(variance(all)),
      q5: sortedQuantile(sorted, 0.05),
      median: sortedQuantile(sorted, 0.5),
      q95: sortedQuantile(sorted, 0.95),
      mcseMean: mcseMean(chains),
      mcseSd: mcseSd(chains),
      essBulk: scores ? essOfScores(scores) : Number.NaN,
      essTail: essTail(chains),
      rHat: scores && usable(chains, 2) ? rHatOfScores(halves, scores) : Number.NaN,
    };
  });
  const table = new Table<SummaryRow>(columns, rows);
  made.set(posterior, table);
  return table;
}

/** What may be wrong with the draws, each with its meaning and what to try. */
function warnings(posterior: Posterior): string[] {
  if (posterior.drawsPerChain === 0) return [];
  const { statistics, chains, drawsPerChain } = posterior;
  const total = chains * drawsPerChain;
  const found: string[] = [];

  const divergences = statistics.divergent.reduce((a, b) => a + b, 0);
  if (divergences > 0) {
    found.push(
      `${divergences} of ${total} trajectories diverged: the sampler could not follow the curvature there, so that ` +
        'region is missed and estimates may be biased. Try targetAcceptance: 0.95, tighter priors, or tell ' +
        'hierarchical parameters non-centred (theta = mu + tau * z with z ~ normal(0, 1)).',
    );
  }
  const deepest = statistics.treeDepth.filter((depth) => depth >= posterior.maxTreeDepth).length;
  if (deepest > 0) {
    found.push(
      `${deepest} of ${total} trajectories reached the deepest tree (${posterior.maxTreeDepth}): draws are valid but ` +
        'slow. Centre and scale the predictors, or raise maxTreeDepth.',
    );
  }
  const low = energies(posterior).filter((energy) => bfmi(energy) < lowBfmi).length;
  if (low > 0) {
    found.push(
      `In ${low} of ${chains} chains the energy mixes slowly (BFMI below ${lowBfmi}): the tails may not be explored. ` +
        'Reparametrise, or use lighter-tailed priors.',
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
        'so these draws are not yet from the posterior. Run longer (warmup, draws), or look for several modes and ' +
        'strong correlations.',
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
        `${needed}: means and quantiles are uncertain (see mcse). Ask for more than ${drawsPerChain} draws a chain.`,
    );
  }
  if (chains === 1) found.push('One chain cannot show whether it has missed something: run at least 2 (chains: 4).');
  return found;
}

/** The energies chain by chain. */
function energies({ statistics, chains, drawsPerChain }: Posterior): Float64Array[] {
  return Array.from({ length: chains }, (_, chain) =>
    statistics.energy.subarray(chain * drawsPerChain, (chain + 1) * drawsPerChain),
  );
}

registerDiagnosis({ summary, warnings });
