/**
 * What the wire process and its language thread say to each other.
 */
import type { Completeness, Completions, Inspection } from '../engine/engine.ts';
import type { Diagnostic } from './diagnostics.ts';

/** The questions, each with its answer. */
export interface Answers {
  complete: Completions;
  inspect: Inspection;
  isComplete: Completeness;
  check: readonly Diagnostic[];
}

export type Question = keyof Answers;

/** What the thread is told, in order. */
export type ToLanguage =
  | { readonly kind: 'remember'; readonly code: string }
  | { readonly kind: 'forget' }
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly question: Question;
      readonly code: string;
      /** In code points. */
      readonly cursor: number;
    };

export interface FromLanguage {
  readonly id: number;
  readonly answer: Answers[Question];
}
