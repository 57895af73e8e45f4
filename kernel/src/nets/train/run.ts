/**
 * Where a run of training stands, as plain data: what a checkpoint keeps and a resumed run goes on from.
 */
import type { ScheduleState } from '../schedules.ts';

/** Figures after an epoch. */
export interface EpochRow {
  /** From 1. */
  readonly epoch: number;
  /** Updates so far. */
  readonly step: number;
  /** Learning rate of the last update. */
  readonly rate: number;
  /** 'loss' (mean over the epoch's batches), 'validation loss', and metrics by name. */
  readonly values: Readonly<Record<string, number>>;
}

/** What a callback remembers: numbers, and arrays such as the best parameters. */
export interface CallbackState {
  readonly numbers: Readonly<Record<string, number>>;
  readonly arrays?: Readonly<Record<string, Float32Array | Float64Array>>;
}

/** A run between two batches. */
export interface RunState {
  /** Epochs that are over. */
  readonly epoch: number;
  /** Batches of the present epoch that are over. */
  readonly batch: number;
  /** Updates so far. */
  readonly step: number;
  /** Σ loss · examples, and examples, of the present epoch. */
  readonly lossSum: number;
  readonly examples: number;
  readonly schedule: ScheduleState;
  readonly rows: readonly EpochRow[];
  /** By the callback's name. */
  readonly callbacks: Readonly<Record<string, CallbackState>>;
}

export const firstState: RunState = {
  epoch: 0,
  batch: 0,
  step: 0,
  lossSum: 0,
  examples: 0,
  schedule: {},
  rows: [],
  callbacks: {},
};

/** What happened in an update: for pictures of training as it goes. */
export interface StepEvent {
  readonly type: 'step';
  readonly epoch: number; // from 1
  readonly batch: number; // of the epoch, from 1
  readonly step: number; // from 1
  /** Mean loss of the batch before the update. */
  readonly loss: number;
  readonly rate: number;
}
