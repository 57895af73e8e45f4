/**
 * Draws of one scalar in chains, and what the diagnostics of this room make of them first: halves, quantiles, moments
 * (Vehtari, Gelman, Simpson, Carpenter & Bürkner 2021).
 */
/** Draws of one scalar: one array a chain, all of one length. */
export type Chains = readonly Float64Array[]; // chains × (draws,)

/** Fewest draws a chain for which a diagnostic is computed, as in ArviZ; below it every diagnostic is NaN. */
export const fewestDraws = 4;

/** True where a diagnostic can be computed: enough chains of one length, enough draws, no NaN. */
export function usable(chains: Chains, fewestChains = 1): boolean {
  const draws = chains[0]?.length ?? 0;
  if (chains.length < fewestChains || draws < fewestDraws) return false;
  return chains.every((chain) => chain.length === draws && !chain.includes(Number.NaN));
}

/** Each chain as two; the middle draw of an odd number is left out. */
export function splitChains(chains: Chains): Chains {
  return chains.flatMap((chain) => {
    const half = Math.floor(chain.length / 2);
    return [chain.subarray(0, half), chain.subarray(chain.length - half)];
  });
}

/** All chains one after the other. */
export function flatten(chains: Chains): Float64Array {
  const all = new Float64Array(chains.reduce((n, chain) => n + chain.length, 0));
  let from = 0;
  for (const chain of chains) {
    all.set(chain, from);
    from += chain.length;
  }
  return all;
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Sample variance, divisor n − 1. */
export function variance(values: Float64Array): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const distance = values[i]! - centre;
    sum += distance * distance;
  }
  return sum / (values.length - 1);
}
