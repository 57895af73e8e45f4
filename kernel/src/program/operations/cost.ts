/**
 * Which element-by-element operations are a few instructions: for rules about what is worth computing once, or elsewhere.
 */
const cheap: ReadonlySet<string> = new Set([
  ...['add', 'sub', 'mul', 'div', 'neg', 'abs', 'sign', 'square', 'reciprocal', 'sqrt', 'minimum', 'maximum', 'relu'],
  ...[
    'lt',
    'le',
    'gt',
    'ge',
    'eq',
    'ne',
    'where',
    'floor',
    'ceil',
    'trunc',
    'round',
    'chain',
    'reshape',
    'broadcastTo',
  ],
]);

/** True for an operation that costs no more than reading its operands. */
export function isCheap(operation: string): boolean {
  return cheap.has(operation);
}
