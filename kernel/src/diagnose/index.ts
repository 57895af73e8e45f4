/** How far draws can be trusted. */
export { bfmi } from './bfmi.ts';
export type { Chains } from './chains.ts';
export { essBulk, essMean, essQuantile, essTail } from './ess.ts';
export { mcseMean, mcseQuantile, mcseSd } from './mcse.ts';
export { rHat } from './r-hat.ts';
export { summary } from './summary.ts';
