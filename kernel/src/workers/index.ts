/** Work on other threads. */
export type { Moved, Work } from './messages.ts';
export { type Job, NoWorkers, sharedPool, type Task, WorkerLost, WorkerPool } from './pool.ts';
export { moduleBeside, processors } from './thread.ts';
