/**
 * The p-value of Fisher's exact test of a table of any size: the probability of all tables with its margins that are no
 * more probable. Column by column, tables whose rows have the same left to give are one node of a network (Mehta & Patel
 * 1983, Journal of the American Statistical Association 78, 427–434), whose longest and shortest paths say of most whether
 * all that they lead to counts, or none. The last two columns are summed up once a node.
 */
import { exp, log } from '../numeric/elementary.ts';
import { lgamma } from '../numeric/special/gamma.ts';
import { SAME } from './conditional-counts.ts';
import type { CountTable } from './table.ts';

/** More ways to fill a column than this, over all nodes, and more steps along the network are not gone through. */
const MOST_STEPS = 10_000_000;

/** Count a step. @throws RangeError when there are too many */
class Steps {
  private taken = 0;

  take(): void {
    if (++this.taken <= MOST_STEPS) return;
    throw new RangeError(
      'fisherExactTest: too many tables have these margins; use chiSquaredTest, or join rare rows and columns',
    );
  }
}

/** What the rows have left to give to the columns from one on. Values are −Σ log cell!. */
interface Node {
  /** Of all ways to the end: the largest and the smallest value, and log Σ exp(value). */
  readonly longest: number;
  readonly shortest: number;
  readonly all: number;
  /** Next nodes, what the column between adds, and in how many ways; empty before the last two columns. */
  readonly edges: readonly Edge[];
  /** Before the last two columns: values in order, and the sums of exp(value − longest) up to each. */
  readonly values: Float64Array;
  readonly sums: Float64Array;
}

interface Edge {
  readonly node: Node;
  readonly value: number;
  ways: number;
}

class Network {
  private readonly columns: readonly number[];
  private readonly logFactorial: Float64Array;
  private readonly nodes: readonly Map<string, Node>[];
  private readonly steps: Steps;

  constructor(columns: readonly number[], logFactorial: Float64Array, steps: Steps) {
    this.steps = steps;
    this.columns = columns;
    this.logFactorial = logFactorial;
    this.nodes = columns.map(() => new Map());
  }

  /** @param left what each row has left for column k and those after, in order */
  node(k: number, left: readonly number[]): Node {
    const key = left.join();
    const known = this.nodes[k]!.get(key);
    if (known) return known;
    const made = k === this.columns.length - 2 ? this.#last(k, left) : this.#inner(k, left);
    this.nodes[k]!.set(key, made);
    return made;
  }

  /** Every way to give column k its total. */
  #eachFill(k: number, left: readonly number[], use: (rest: readonly number[], value: number) => void): void {
    const rest = [...left];
    const room = left.map((_, i) => left.slice(i + 1).reduce((sum, count) => sum + count, 0));
    const fill = (row: number, open: number, value: number): void => {
      if (row === left.length) {
        this.steps.take();
        use(rest, value);
        return;
      }
      for (let count = Math.max(0, open - room[row]!); count <= Math.min(open, left[row]!); count++) {
        rest[row] = left[row]! - count;
        fill(row + 1, open - count, value - this.logFactorial[count]!);
      }
    };
    fill(0, this.columns[k]!, 0);
  }

  #last(k: number, left: readonly number[]): Node {
    const found: number[] = [];
    this.#eachFill(k, left, (rest, value) => {
      found.push(rest.reduce((sum, count) => sum - this.logFactorial[count]!, value));
    });
    const values = Float64Array.from(found).sort();
    const longest = values.at(-1)!;
    let sum = 0;
    const sums = values.map((value) => {
      sum += exp(value - longest);
      return sum;
    });
    return { longest, shortest: values[0]!, all: longest + log(sum), edges: [], values, sums };
  }

  #inner(k: number, left: readonly number[]): Node {
    const found = new Map<Node, Map<number, Edge>>();
    let [longest, shortest] = [-Infinity, Infinity];
    this.#eachFill(k, left, (rest, value) => {
      const node = this.node(
        k + 1,
        [...rest].sort((a, b) => b - a),
      );
      const there = found.get(node) ?? new Map<number, Edge>();
      found.set(node, there);
      const same = there.get(rounded(value));
      if (same) same.ways++;
      else there.set(rounded(value), { node, value, ways: 1 });
      longest = Math.max(longest, value + node.longest);
      shortest = Math.min(shortest, value + node.shortest);
    });
    const edges = [...found.values()].flatMap((there) => [...there.values()]);
    const sum = edges.reduce((total, { node, value, ways }) => total + ways * exp(value + node.all - longest), 0);
    return { longest, shortest, all: longest + log(sum), edges, values: new Float64Array(), sums: new Float64Array() };
  }
}

/** The same for sums of the same logarithms in another order. */
const rounded = (value: number) => Math.round(value * 1e9);

/** Number of ascending values up to a limit. */
function countUpTo(values: Float64Array, limit: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Ways that came to a node with one value so far. */
interface Past {
  readonly value: number;
  ways: number;
}

/** @throws RangeError when there are too many ways to go through */
export function fisherNetworkP({ rows, rowTotals, columnTotals, total }: CountTable): number {
  const wide = rowTotals.length <= columnTotals.length;
  const by = (a: number, b: number) => a - b;
  const [short, long] = wide ? [rowTotals, columnTotals] : [columnTotals, rowTotals];
  const logFactorial = Float64Array.from({ length: total + 1 }, (_, k) => lgamma(k + 1));
  const columns = [...long].sort(by); // small ones first: few ways to begin with
  const constant = [...short, ...long].reduce((sum, count) => sum + logFactorial[count]!, -logFactorial[total]!);
  const observed = rows.reduce((sum, row) => sum - row.reduce((s, count) => s + logFactorial[count]!, 0), 0);
  const limit = observed + log(SAME);
  const steps = new Steps();
  const network = new Network(columns, logFactorial, steps);
  let p = 0;
  let now = new Map<Node, Map<number, Past>>();
  const root = network.node(
    0,
    [...short].sort((a, b) => b - a),
  );
  now.set(root, new Map([[0, { value: 0, ways: 1 }]]));
  for (let k = 0; k <= columns.length - 2; k++) {
    const next = new Map<Node, Map<number, Past>>();
    for (const [node, pasts] of now) {
      for (const { value, ways } of pasts.values()) {
        if (value + node.longest <= limit) {
          p += ways * exp(value + node.all + constant);
        } else if (value + node.shortest <= limit) {
          const at = countUpTo(node.values, limit - value);
          if (at > 0) p += ways * node.sums[at - 1]! * exp(value + node.longest + constant);
          for (const edge of node.edges) {
            steps.take();
            const sum = value + edge.value;
            const there = next.get(edge.node) ?? new Map<number, Past>();
            next.set(edge.node, there);
            const past = there.get(rounded(sum));
            if (past) past.ways += ways * edge.ways;
            else there.set(rounded(sum), { value: sum, ways: ways * edge.ways });
          }
        }
      }
    }
    now = next;
  }
  return Math.min(1, p);
}
