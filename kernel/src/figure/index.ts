/**
 * A result → figure data → the bundle a notebook shows: JSON for the extension, PNG and text for everyone else.
 */
export { type BootstrapPlotOptions, bootstrapPlot } from './bootstrap-plot.ts';
export { diagnosticPlot } from './diagnostic.ts';
export { EnergyPlot, energyPlot } from './energy.ts';
export { type Figure, figure } from './figure.ts';
export { crossValidationPlot, pathPlot } from './penalised-plot.ts';
export type { Plot } from './plot.ts';
export { type ProfilePlotOptions, profilePlot } from './profile-plot.ts';
export { type QqPairs, qqNormal } from './qq-normal.ts';
export { Scatter, type ScatterOptions, scatter } from './scatter.ts';
export { type SurvivalPlotOptions, survivalPlot } from './survival-plot.ts';

import './register.ts';
