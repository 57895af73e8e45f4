/**
 * Elements, rows and slices of the first dimension, with errors that say what there is.
 */
import { constantNode, createNode } from './build.ts';
import type { Node } from './node.ts';
import { isConstant } from './node.ts';
import { formatShape } from './shape.ts';

/** One −1 among the sizes stands for what is left. */
export function fillUnknownSize(sizes: readonly number[], size: number): number[] {
  if (!sizes.every((n) => Number.isInteger(n) && n >= -1) || sizes.filter((n) => n === -1).length > 1) {
    throw new RangeError(
      `reshape: sizes must be integers of 0 or more, at most one of them −1 for what is left; got ${formatShape(sizes)}`,
    );
  }
  const known = sizes.reduce((product, n) => (n === -1 ? product : product * n), 1);
  return sizes.map((n) => (n === -1 ? size / Math.max(1, known) : n));
}

function requireRows(operation: string, x: Node): number {
  const count = x.shape[0];
  if (count === undefined) {
    throw new RangeError(`${operation}: a scalar has no elements to choose from; use it as it is`);
  }
  return count;
}

/**
 * Row `index` (negative from the end), or a gather with integer codes.
 *
 * @param levels of a factor, which must be as many as there are rows
 */
export function elementOf(x: Node, index: number | Node, levels?: number): Node {
  const count = requireRows('at', x);
  if (typeof index === 'number') {
    if (!(Number.isInteger(index) && index >= -count && index < count)) {
      throw new RangeError(
        `at(${index}): ${x.name ?? 'the expression'} has ${count} elements along its first dimension; ` +
          `give an integer from ${-count} to ${count - 1}`,
      );
    }
    const start = index < 0 ? index + count : index;
    const row = createNode('slice', [x], { start, end: start + 1 });
    return createNode('reshape', [row], { sizes: x.shape.slice(1) });
  }
  if (levels !== undefined && levels !== count) {
    throw new RangeError(
      `at: ${x.name ?? 'the expression'} has ${count} elements, the factor '${index.name}' has ${levels} levels; ` +
        `give it .size(${index.name}.levels)`,
    );
  }
  return createNode('gather', [x, isConstant(index) ? checkedCodes(index, count) : index]);
}

/** Integer positions, negative ones counted from the end. */
function checkedCodes(codes: Node, count: number): Node {
  const value = codes.attributes.value!;
  if (value.every((code) => Number.isInteger(code) && code >= 0 && code < count)) return codes;
  const bad = value.find((code) => !(Number.isInteger(code) && code >= -count && code < count));
  if (bad !== undefined) {
    throw new RangeError(
      `at: index ${bad} (position ${value.indexOf(bad)} of ${codes.name ?? 'the index array'}) is not an integer from ` +
        `${-count} to ${count - 1}; indices count from 0`,
    );
  }
  return constantNode(
    value.map((code) => (code < 0 ? code + count : code)),
    codes.shape,
    codes.name,
  );
}

/** Rows `start` to `end` (excluded); negative counts from the end. */
export function rowsOf(x: Node, start: number, end?: number): Node {
  const count = requireRows('slice', x);
  const from = start < 0 ? start + count : start;
  const to = end === undefined ? count : end < 0 ? end + count : end;
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= count)) {
    throw new RangeError(
      `slice(${start}${end === undefined ? '' : `, ${end}`}): the first dimension has ${count} elements; ` +
        `give integers with ${-count} ≤ start ≤ end ≤ ${count}`,
    );
  }
  return createNode('slice', [x], { start: from, end: to });
}
