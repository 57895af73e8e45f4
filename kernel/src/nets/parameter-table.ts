/**
 * What a net is made of, as a table: each parameter with its shape, how many numbers it is, and whether it is trained.
 */
import { Table } from '../estimate/index.ts';
import { sizeOf } from '../program/shape.ts';
import { type Inventory, takeInventory } from './paths.ts';
import type { AnyLayer } from './types.ts';

/** One parameter. */
export interface ParameterRow {
  /** Its first path. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly count: number;
  readonly trainable: boolean;
  /** Its other paths, where it is used in several places. */
  readonly tied: readonly string[];
}

/**
 * The parameters of a net, a row each. Where one is used in several places it has one row and is counted once.
 *
 * @example String(parametersOf(linear(64, 10))); // weight 10 × 64, bias 10; 650 in all
 */
export class ParameterTable extends Table<ParameterRow> {
  /** How many numbers there are, and how many are trained. */
  readonly count: number;
  readonly trainable: number;
  /** How many one example uses: fewer where a router chooses among experts. */
  readonly active: number;

  constructor(rows: readonly ParameterRow[], active: number) {
    const total = rows.reduce((sum, { count }) => sum + count, 0);
    const trainable = rows.reduce((sum, row) => sum + (row.trainable ? row.count : 0), 0);
    super(
      [
        { key: 'shape', label: 'shape' },
        { key: 'count', label: 'count' },
        { key: 'trainable', label: 'trainable' },
        { key: 'tied', label: 'tied with' },
      ],
      rows,
      [
        `${grouped(total)} parameters, ${grouped(trainable)} trainable, ${grouped(total - trainable)} frozen` +
          (active === total ? '' : `; ${grouped(active)} active for one example`),
      ],
    );
    this.count = total;
    this.trainable = trainable;
    this.active = active;
  }

  override get cells(): string[][] {
    return this.rows.map(({ name, shape, count, trainable, tied }) => [
      name,
      shape.length === 0 ? '1' : shape.join(' × '),
      grouped(count),
      trainable ? 'yes' : 'frozen',
      tied.join(', '),
    ]);
  }
}

/** 38597376 → '38,597,376'. */
export function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The table of an inventory. */
export function tableOf(inventory: Inventory, frozen: ReadonlySet<string>): ParameterTable {
  let active = 0;
  const rows = inventory.parameters.map(({ path, spec, tied }): ParameterRow => {
    const count = sizeOf(spec.shape);
    active += count * activeShare(inventory, path);
    return { name: path, shape: spec.shape, count, trainable: !frozen.has(path), tied };
  });
  return new ParameterTable(rows, active);
}

/** The share of a parameter one example uses: the product of what the layers above it say. */
function activeShare({ layers }: Inventory, path: string): number {
  const names = path.split('.');
  let share = 1;
  for (let depth = 0; depth < names.length; depth++) {
    const shares = layers.get(names.slice(0, depth).join('.'))?.activeShares;
    share *= shares?.[names[depth]!] ?? 1;
  }
  return share;
}

/**
 * The parameters of a layer or a whole architecture, without building it: nothing is drawn and no memory is taken, so
 * that GPT-2 can be counted in a notebook.
 *
 * @example parametersOf(embedding(50257, 768)).count; // 38597376
 */
export function parametersOf(layer: AnyLayer): ParameterTable {
  return tableOf(takeInventory(layer), new Set());
}
