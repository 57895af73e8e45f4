/**
 * The figure of a training run: its data, its static picture, and what a notebook is given.
 */
import { describe, expect, it } from 'vitest';
import { figure } from '#kernel/figure/figure';
import { type DrawnHistory, historyFigure, seriesOf } from '#kernel/figure/history';
import { historyPicture } from '#kernel/figure/history-picture';
import { unpack } from '#kernel/figure/pack';
import { figureBytes, mimeTypes } from '#kernel/figure/types';
import { jupyterDisplay } from '#kernel/host/display';
import { History } from '#kernel/nets/train/history';
import { type EpochRow, firstState } from '#kernel/nets/train/run';
import '#kernel/figure/register';
import { validateHistory } from '#labextension/validate';
import { isWellFormed } from './xml.ts';

const rowsOf = (count: number, more: (i: number) => Record<string, number> = () => ({})): EpochRow[] =>
  Array.from({ length: count }, (_, i) => ({
    epoch: i + 1,
    step: 10 * (i + 1),
    rate: 0.1,
    values: { loss: 2 / (i + 1), 'validation loss': 2 / (i + 1) + 0.1, ...more(i) },
  }));
const drawn = (rows: DrawnHistory['rows']): DrawnHistory => ({
  title: 'crossEntropy by adam, 12 parameters',
  ending: 'complete',
  rows,
});
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);

describe('figure data of a history', () => {
  it('has a panel a quantity, training and validation in one', () => {
    const data = historyFigure(drawn(rowsOf(5, (i) => ({ 'validation accuracy': i / 5 }))));
    expect(data.panels.map(({ name, curves }) => [name, curves.map(({ label }) => label)])).toEqual([
      ['loss', ['training', 'validation']],
      ['accuracy', ['validation']],
    ]);
    expect([...unpack(data.epochs)]).toEqual([1, 2, 3, 4, 5]);
    expect(unpack(data.panels[0]!.curves[1]!.values)[4]).toBeCloseTo(0.5, 6);
    expect(data.description).toContain('5 epochs, complete. At the end: loss 0.4000, validation loss 0.5000');
  });
  it('has the rate where it changes', () => {
    const rows = rowsOf(3).map((row, i) => ({ ...row, rate: 0.1 / (i + 1) }));
    expect(historyFigure(drawn(rows)).panels.at(-1)!.name).toBe('learning rate');
    expect(historyFigure(drawn(rowsOf(3))).panels).toHaveLength(1);
  });
  it('of a long run is thinned, ends included', () => {
    const many = rowsOf(20_000, () => Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`metric ${i}`, i])));
    const data = historyFigure(drawn(many));
    const epochs = unpack(data.epochs);
    expect([data.total, epochs.length, epochs[0], epochs.at(-1)]).toEqual([20_000, 600, 1, 20_000]);
    expect(JSON.stringify(data).length).toBeLessThan(figureBytes);
  });
  it('has a gap where a value is not a number', () => {
    const data = historyFigure(drawn(rowsOf(3, (i) => (i === 1 ? {} : { accuracy: i }))));
    expect([...unpack(data.panels[1]!.curves[0]!.values)]).toEqual([0, Number.NaN, 2]);
  });
  it('is what the extension accepts', () => {
    const good = JSON.parse(JSON.stringify(historyFigure(drawn(rowsOf(4)))));
    expect(validateHistory(good)).toEqual({ data: good });
    expect(validateHistory({ ...good, version: 2 })).toEqual({ problem: 'version should be 1' });
    expect(validateHistory({ ...good, epochs: { type: 'f32', data: '' } })).toEqual({
      problem: 'every curve should have a value for each of the epochs',
    });
    expect(validateHistory({ ...good, panels: [{ name: 1, curves: [] }] })).toHaveProperty('problem');
  });
});

describe('the picture of a history', () => {
  const svg = historyPicture(historyFigure(drawn(rowsOf(12, (i) => ({ accuracy: i / 12, '<b>': 1 })))));
  it('names every quantity with its last values, and says what the lines are', () => {
    const words = texts(svg);
    expect(words).toContain('loss (at the end 0.1667, 0.2667)');
    expect(words).toContain('accuracy (at the end 0.9167)');
    expect(words.slice(1, 3)).toEqual(['training', 'validation']);
    expect(words.filter((word) => word === 'epoch')).toHaveLength(3);
  });
  it('is XML, whatever a metric is called', () => {
    expect(isWellFormed(svg)).toBe(true);
    expect(svg).toContain('&lt;b&gt;');
  });
  it('tells validation apart by dashes as well as by colour', () => {
    expect(seriesOf('validation').dash).toBeDefined();
    expect(svg).toContain('stroke-dasharray="6 3"');
    expect(seriesOf('training').index).not.toBe(seriesOf('validation').index);
  });
  it('can be drawn of one epoch, of none, and of equal values', () => {
    for (const rows of [rowsOf(1), [], rowsOf(4).map((row) => ({ ...row, values: { loss: 1 } }))]) {
      const one = historyPicture(historyFigure(drawn(rows)));
      expect(one).not.toContain('NaN');
      expect(isWellFormed(one)).toBe(true);
    }
  });
});

describe('a history in a notebook', () => {
  const historyOf = (rows: EpochRow[]) =>
    new History({
      run: { ...firstState, epoch: rows.length, rows },
      partial: undefined,
      ending: 'interrupted',
      stepLosses: [],
      seconds: 1,
      title: 'x',
    });
  it('gives data, a picture and a table', async () => {
    const history = historyOf(rowsOf(3));
    const bundle = await history[jupyterDisplay]();
    expect(Object.keys(bundle)).toEqual([mimeTypes.history, 'image/png', 'text/plain']);
    expect(String(bundle['text/plain'])).toBe(String(history));
    expect(figure(history).svg()).toContain('<svg');
  });
  it('that was stopped in its first epoch says so', async () => {
    expect(await historyOf([])[jupyterDisplay]()).toEqual({ 'text/plain': 'x: 0 epochs, 0 steps, interrupted' });
  });
});
