/**
 * The page of layers names what there is, and all of it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as nets from '#kernel/nets/index';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/layers.md'), 'utf8');
const exported = new Set(Object.keys(nets));

describe('docs/layers.md', () => {
  it('names only functions that exist', () => {
    const first = page.split('\n').filter((line) => line.startsWith('| `'));
    const names = first.flatMap((line) => [...line.split('|')[1]!.matchAll(/`(\w+)/g)].map(([, name]) => name!));
    expect(names.length).toBeGreaterThan(35);
    expect(names.filter((name) => !exported.has(name) && name !== 'rotary')).toEqual([]);
  });

  it('names every layer there is', () => {
    const folder = join(root, 'kernel/src/nets/layers');
    const constructors = readdirSync(folder).flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/^export function (\w+)/gm)].map(([, name]) => name!),
    );
    const layers = [...new Set(constructors)].filter((name) => exported.has(name));
    expect(layers.length).toBeGreaterThan(35);
    expect(layers.filter((name) => !new RegExp(`\`${name}\\b|, ${name}\\b`).test(page) && name !== 'tie')).toEqual([]);
  });

  it('names every loss there is', () => {
    const folder = join(root, 'kernel/src/nets/losses');
    const losses = readdirSync(folder)
      .flatMap((file) =>
        [...readFileSync(join(folder, file), 'utf8').matchAll(/^export function (\w+)/gm)].map(([, name]) => name!),
      )
      .filter((name) => exported.has(name));
    expect(losses.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('functions that are called as layers and as functions', () => {
  it('make a layer of options, and an expression of an expression', async () => {
    const { variable, isExpression } = await import('#kernel/program/index');
    const x = variable('x', [2, 3, 8, 8]);
    const filter = variable('filter', [4, 3, 3, 3]);
    const sequence = variable('s', [2, 3, 8]);
    const made = [
      [nets.relu(), nets.relu(x)],
      [nets.gelu({ approximate: 'tanh' }), nets.gelu(x, { approximate: 'tanh' })],
      [nets.silu(), nets.silu(x)],
      [nets.elu({ alpha: 2 }), nets.elu(x, 2)],
      [nets.leakyRelu(), nets.leakyRelu(x)],
      [nets.softmax({ axis: 1 }), nets.softmax(x, 1)],
      [nets.logSoftmax(), nets.logSoftmax([1, 2])],
      [nets.conv2d(3, 4, 3), nets.conv2d(x, filter, { padding: 1 })],
      [nets.conv1d(3, 4, 3), nets.conv1d(sequence, variable('f', [4, 3, 3]))],
      [nets.maxPool2d(2), nets.maxPool2d(x, 2)],
      [nets.maxPool2d([2, 1], { stride: 1 }), nets.maxPool2d(x, [2, 1], { stride: 1 })],
      [nets.averagePool2d(2), nets.averagePool2d(x, 2)],
      [nets.maxPool1d(2), nets.maxPool1d(sequence, 2)],
      [nets.averagePool1d(2, { stride: 1 }), nets.averagePool1d(sequence, 2)],
      [nets.dropout(), nets.dropout(x, 0.5, variable('key', [4], 'integer'), 0)],
    ] as const;
    for (const [layer, expression] of made) {
      expect(typeof layer.apply).toBe('function');
      expect(isExpression(expression)).toBe(true);
    }
    expect(nets.dropout().options).toEqual({ rate: 0.5 });
  });
});
