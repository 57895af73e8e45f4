/** Examples: made from a seed, split, scaled, changed at random. */
export { type Augmentation, augmentation } from './augmentation.ts';
export {
  addingProblem,
  type GeneratorOptions,
  type PlanePoints,
  type Sequences,
  spirals,
  twoMoons,
} from './generators.ts';
export { type FlatData, type SplitOptions, type Standardisation, splitData, standardisation } from './split.ts';
