/**
 * What a function on two lanes leaves to the function of numbers, lane by lane: arguments that are rare, or need more
 * than straight-line code.
 */
import type { Vector } from './code.ts';

/** Writes the call of the function of numbers for both lanes. @returns its values */
export type Rare = () => Vector;
