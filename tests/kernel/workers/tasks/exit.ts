/** A task in which the worker ends, as it does when it runs out of memory. */
export function run(): never {
  process.exit(7);
}
