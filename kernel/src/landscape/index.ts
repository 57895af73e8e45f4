/** Log likelihoods and log posteriors as ground one can look at. */
export { type LandscapeOptions, landscape } from './landscape.ts';
export { Landscape, type LandscapeMark, type LandscapePath } from './surface.ts';
