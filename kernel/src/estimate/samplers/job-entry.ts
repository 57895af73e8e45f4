/**
 * The module a worker loads to run chains. The build makes one file of it and all it needs (scripts/lib/bundle.mjs).
 */
export { run } from './job.ts';
