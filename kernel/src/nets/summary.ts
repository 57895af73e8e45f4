/**
 * A net in one table: its layers in the order they run, the sizes of what each gives, and how many parameters it has.
 */
import { Table } from '../estimate/table.ts';
import { sizeOf } from '../program/shape.ts';
import { grouped, tableOf } from './parameter-table.ts';
import { type Inventory, join } from './paths.ts';
import { leavesOf, type Trace, type Visit } from './trace.ts';

/** One call of a layer. */
export interface NetSummaryRow {
  /** The layer's path. */
  readonly name: string;
  readonly layer: string;
  /** Sizes of what it gives; the dimension that counts examples is called batch. */
  readonly output: string;
  /** Its own parameters, 0 where they stand under another path. */
  readonly count: number;
  /** What is trained of them. */
  readonly trainable: number;
}

/** See `net.summary`. */
export class NetSummary extends Table<NetSummaryRow> {
  constructor(rows: readonly NetSummaryRow[], total: string) {
    super(
      [
        { key: 'layer', label: 'layer' },
        { key: 'output', label: 'gives' },
        { key: 'count', label: 'parameters' },
      ],
      rows,
      [total],
    );
  }

  override get cells(): string[][] {
    return this.rows.map(({ name, layer, output, count, trainable }) => [
      name,
      layer,
      output,
      count === 0 ? '' : grouped(count) + (trainable === count ? '' : trainable === 0 ? ' frozen' : ' partly frozen'),
    ]);
  }
}

/** @param traces the net on two examples, and on three: what differs counts them */
export function summaryOf(
  inventory: Inventory,
  frozen: ReadonlySet<string>,
  [two, three]: readonly [Trace, Trace],
): NetSummary {
  const counts = new Map(inventory.parameters.map(({ path, spec }) => [path, sizeOf(spec.shape)]));
  const seen = new Set<string>(); // a layer may be called twice: its parameters are counted where it is first
  const rows = two.visits.flatMap((visit, i): NetSummaryRow[] => {
    const { path, layer } = visit;
    const own = Object.keys(layer.parameters).map((name) => join(path, name));
    if (own.length === 0 && Object.keys(layer.children).length > 0) return []; // only passes on
    const ours = own.filter((each) => counts.has(each) && !seen.has(each));
    for (const each of ours) seen.add(each);
    const sum = (paths: readonly string[]): number => paths.reduce((total, each) => total + counts.get(each)!, 0);
    return [
      {
        name: path,
        layer: layer.kind,
        output: sizes(visit, three.visits[i]!),
        count: sum(ours),
        trainable: sum(ours.filter((each) => !frozen.has(each))),
      },
    ];
  });
  return new NetSummary(rows, tableOf(inventory, frozen).notes[0]!);
}

/** `batch × 128`, or several by name. */
function sizes(two: Visit, three: Visit): string {
  const others = leavesOf(three.output);
  return leavesOf(two.output)
    .map(({ path, value }, i) => {
      const named = value.shape.map((n, axis) => (n === others[i]!.value.shape[axis] ? `${n}` : 'batch'));
      return `${path === '' ? '' : `${path} `}${named.join(' × ') || '1'}`;
    })
    .join(', ');
}
