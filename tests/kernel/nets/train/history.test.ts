/**
 * What a history says: its columns, its best epochs, its text.
 */
import { describe, expect, it } from 'vitest';
import { History } from '#kernel/nets/train/history';
import { firstState, type RunState } from '#kernel/nets/train/run';

const run = (epochs: number): RunState => ({
  ...firstState,
  epoch: epochs,
  step: 10 * epochs,
  rows: Array.from({ length: epochs }, (_, i) => ({
    epoch: i + 1,
    step: 10 * (i + 1),
    rate: 0.1,
    values: { loss: Math.abs(i - 3), ...(i % 2 === 0 ? { accuracy: i / 10 } : {}) },
  })),
});
const historyOf = (epochs: number, reason?: string) =>
  new History({
    run: run(epochs),
    partial: undefined,
    ending: reason ? 'stopped early' : 'complete',
    ...(reason && { reason }),
    stepLosses: [1, 2],
    seconds: 3,
    title: 'meanSquaredError by sgd, 3 parameters',
  });

describe('a history', () => {
  it('gives a column over the epochs, NaN where it was not computed', () => {
    const history = historyOf(4);
    expect(history.columns).toEqual(['loss', 'accuracy']);
    expect([...history.column('loss')]).toEqual([3, 2, 1, 0]);
    expect([...history.column('accuracy')]).toEqual([0, Number.NaN, 0.2, Number.NaN]);
    expect(history.last('loss')).toBe(0);
    expect([...history.stepLosses]).toEqual([1, 2]);
  });
  it('finds the best epoch, smallest or largest', () => {
    expect(historyOf(6).best('loss')).toEqual({ epoch: 4, value: 0 });
    expect(historyOf(6).best('accuracy', 'larger')).toEqual({ epoch: 5, value: 0.4 });
  });
  it('says what columns there are', () => {
    expect(() => historyOf(2).column('lose')).toThrow("history: there is no 'lose'; there are loss, accuracy");
    expect(() => historyOf(0).column('loss')).toThrow('there are none yet');
  });
  it('is a table of text', () => {
    expect(String(historyOf(2))).toBe(
      [
        'meanSquaredError by sgd, 3 parameters: 2 epochs, 20 steps, complete',
        'epoch   loss  accuracy    rate',
        '1      3.000         0  0.1000',
        '2      2.000         –  0.1000',
      ].join('\n'),
    );
  });
  it('says in its text why it ended early, and shows the first and last of many rows', () => {
    const lines = String(historyOf(100, 'enough')).split('\n');
    expect(lines[0]).toContain('stopped early: enough');
    expect(lines).toHaveLength(14);
    expect([lines[2]!.split(' ')[0], lines.at(-1)!.split(' ')[0]]).toEqual(['1', '100']);
  });
  it('gives all rows as a table', () => {
    const table = historyOf(30).summary();
    expect(table.rows).toHaveLength(30);
    expect(table.row('epoch 4')).toMatchObject({ loss: 0, rate: 0.1 });
  });
});
