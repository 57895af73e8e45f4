/**
 * A result → figure data → the bundle a notebook shows: JSON for the extension, PNG and text for everyone else.
 */
export { EnergyPlot, energyPlot } from './energy.ts';
export { type Figure, figure } from './figure.ts';
export { Scatter, type ScatterOptions, scatter } from './scatter.ts';

import './register.ts';
