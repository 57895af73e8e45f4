/**
 * Lines of equal height on a grid by marching squares (Lorensen & Cline 1987, in two dimensions), joined into
 * polylines. A saddle cell is split by its mean. Cells that touch a point that is not finite are skipped.
 */

export interface Polyline {
  /** In grid units: 0 … columns − 1 and 0 … rows − 1. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly closed: boolean;
}

type Point = readonly [x: number, y: number];
interface Segment {
  /** Names of the grid edges where it starts and ends: two cells that share an edge share its name. */
  readonly from: number;
  readonly to: number;
  readonly a: Point;
  readonly b: Point;
}

/** Where the corner bits (1 bottom left, 2 bottom right, 4 top right, 8 top left) say a line enters and leaves. */
const cases: readonly (readonly (readonly [Side, Side])[])[] = [
  [],
  [['left', 'bottom']],
  [['bottom', 'right']],
  [['left', 'right']],
  [['right', 'top']],
  [], // 5: saddle, see below
  [['bottom', 'top']],
  [['left', 'top']],
  [['top', 'left']],
  [['top', 'bottom']],
  [], // 10: saddle
  [['top', 'right']],
  [['right', 'left']],
  [['right', 'bottom']],
  [['bottom', 'left']],
  [],
];
type Side = 'left' | 'right' | 'top' | 'bottom';

function segments(z: ArrayLike<number>, columns: number, rows: number, level: number): Segment[] {
  const result: Segment[] = [];
  const cross = (low: number, high: number) => (level - low) / (high - low);
  for (let j = 0; j + 1 < rows; j++) {
    for (let i = 0; i + 1 < columns; i++) {
      const k = j * columns + i;
      const bottomLeft = z[k]!;
      const bottomRight = z[k + 1]!;
      const topRight = z[k + columns + 1]!;
      const topLeft = z[k + columns]!;
      const sum = bottomLeft + bottomRight + topRight + topLeft;
      if (!Number.isFinite(sum)) continue;
      const code =
        Number(bottomLeft >= level) +
        2 * Number(bottomRight >= level) +
        4 * Number(topRight >= level) +
        8 * Number(topLeft >= level);
      // Edges are numbered 2k (below cell k) and 2k + 1 (left of cell k).
      const side: Record<Side, () => [number, Point]> = {
        bottom: () => [2 * k, [i + cross(bottomLeft, bottomRight), j]],
        top: () => [2 * (k + columns), [i + cross(topLeft, topRight), j + 1]],
        left: () => [2 * k + 1, [i, j + cross(bottomLeft, topLeft)]],
        right: () => [2 * (k + 1) + 1, [i + 1, j + cross(bottomRight, topRight)]],
      };
      let pairs = cases[code]!;
      if (code === 5 || code === 10) {
        // 5, middle above, or 10, middle below: the corners top left and bottom right are cut off.
        pairs =
          sum / 4 >= level === (code === 5)
            ? [
                ['left', 'top'],
                ['right', 'bottom'],
              ]
            : [
                ['left', 'bottom'],
                ['right', 'top'],
              ];
      }
      for (const [enter, leave] of pairs) {
        const [from, a] = side[enter]();
        const [to, b] = side[leave]();
        result.push({ from, to, a, b });
      }
    }
  }
  return result;
}

/**
 * Lines where a grid of heights crosses a level.
 *
 * @param z heights (rows, columns), row-major
 * @returns polylines, longest first; empty when the level is never crossed
 * @example
 * contourLines([0, 0, 0, 0, 2, 0, 0, 0, 0], 3, 3, 1); // one closed diamond around (1, 1)
 */
export function contourLines(z: ArrayLike<number>, columns: number, rows: number, level: number): Polyline[] {
  const all = segments(z, columns, rows, level);
  const byEdge = new Map<number, number[]>();
  all.forEach((segment, index) => {
    for (const edge of [segment.from, segment.to]) {
      const there = byEdge.get(edge);
      if (there) there.push(index);
      else byEdge.set(edge, [index]);
    }
  });
  const used = new Uint8Array(all.length);
  /** Walk from segment `index` through its `edge`, as far as unused segments go. */
  const follow = (index: number, edge: number): { points: Point[]; end: number } => {
    const points: Point[] = [];
    let here = index;
    let out = edge;
    for (;;) {
      const next = byEdge.get(out)?.find((other) => other !== here && !used[other]);
      if (next === undefined) return { points, end: out };
      used[next] = 1;
      const segment = all[next]!;
      const forward = segment.from === out;
      points.push(forward ? segment.b : segment.a);
      out = forward ? segment.to : segment.from;
      here = next;
    }
  };
  const lines: Polyline[] = [];
  all.forEach((segment, index) => {
    if (used[index]) return;
    used[index] = 1;
    const ahead = follow(index, segment.to);
    const closed = ahead.end === segment.from;
    const behind = closed ? { points: [] } : follow(index, segment.from);
    const points = [...behind.points.reverse(), segment.a, segment.b, ...ahead.points];
    lines.push({ x: points.map(([x]) => x), y: points.map(([, y]) => y), closed });
  });
  return lines.sort((a, b) => b.x.length - a.x.length);
}
