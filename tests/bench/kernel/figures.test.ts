import { describe, expect, it } from 'vitest';
import { figureOf, judge, kernelReport, type Sample } from './figures.ts';

const samples = (row: string, kernel: string, values: readonly (number | null)[], passed = true): Sample[] =>
  values.map((value) => ({ row, kernel, value, passed: passed && value !== null }));

const starts = [...samples('start', 'deno', [200, 220, 180]), ...samples('start', 'estimand', [240, 250, 300])];

describe('the figure of a row', () => {
  it('is the median of one kernel, with how many samples passed', () => {
    expect(figureOf(starts, 'start', 'deno')).toEqual({ median: 200, passed: 3, of: 3 });
  });
  it('counts a lost sample as not passed, and takes the median of the others', () => {
    const found = figureOf(samples('lines', 'tslab', [90, null, 70]), 'lines', 'tslab');
    expect(found).toEqual({ median: 80, passed: 2, of: 3 });
    expect(figureOf(samples('lines', 'tslab', [null]), 'lines', 'tslab')).toEqual({
      median: undefined,
      passed: 0,
      of: 1,
    });
  });
  it('is empty for a row that was not measured', () => {
    expect(figureOf(starts, 'lines', 'deno')).toEqual({ median: undefined, passed: 0, of: 0 });
  });
});

describe('a bar', () => {
  it('with a peer is the most that the ratio of medians may be', () => {
    expect(judge(starts, 'start / deno', 1.25)).toEqual({ bar: 'start / deno', limit: 1.25, reached: 1.25, met: true });
    expect(judge(starts, 'start / deno', 1.2).met).toBe(false);
  });
  it('without a peer is the most that the median itself may be', () => {
    const memory = samples('memory warm', 'estimand', [410, 415, 430]);
    expect(judge(memory, 'memory warm', 420)).toMatchObject({ reached: 415, met: true });
    expect(judge(memory, 'memory warm', 414).met).toBe(false);
  });
  it('is missed by a fast row of ours that lost something', () => {
    const some = [...samples('lines', 'estimand', [10, 10]), ...samples('lines', 'estimand', [1], false)];
    expect(judge([...some, ...samples('lines', 'ipykernel', [90])], 'lines / ipykernel', 2)).toMatchObject({
      met: false,
    });
  });
  it('is missed where ours or the peer has no figure, or is not a number', () => {
    expect(judge(samples('start', 'estimand', [10]), 'start / deno', 1.25)).toMatchObject({
      reached: undefined,
      met: false,
    });
    expect(judge(samples('start', 'deno', [10]), 'start / deno', 1.25).met).toBe(false);
    expect(judge(samples('memory warm', 'estimand', [Number.NaN]), 'memory warm', 420).met).toBe(false);
  });
  it('takes the time of a peer that loses output, for its loss is its own', () => {
    const lossy = [...samples('lines', 'estimand', [80]), ...samples('lines', 'ipykernel', [40], false)];
    expect(judge(lossy, 'lines / ipykernel', 2).met).toBe(true);
  });
});

describe('the report', () => {
  const lost = [...starts, ...samples('lines', 'estimand', [80, 81]), ...samples('lines', 'tslab', [null])];

  it('is a row a measure with ours first, a row a bar, and one summary line', () => {
    expect(kernelReport(lost, { 'start / deno': 1.2 }, 'load 2.0 before, 3.0 after').text.split('\n')).toEqual([
      'median                       estimand                 deno                tslab',
      'start                             250                  200                    –',
      'lines                            80.5                    –        lost (0 of 1)',
      'start / deno                   1.25   at most 1.20   missed',
      'kernel: 0 of 1 bars; load 2.0 before, 3.0 after; missed: start / deno',
    ]);
  });
  it('says when every bar is reached', () => {
    const { missed, text } = kernelReport(lost, { 'start / deno': 1.25 }, 'load 2.0 before, 3.0 after');
    expect(missed).toEqual([]);
    expect(text.split('\n').at(-1)).toBe('kernel: 1 of 1 bars; load 2.0 before, 3.0 after; every bar reached');
  });
  it('is missed by a row of ours without a bar that lost something, and names it once', () => {
    const display = samples('display', 'estimand', [900, null]);
    expect(kernelReport(display, {}, '').missed).toEqual(['display']);
    expect(kernelReport(display, { display: 1e6 }, '').missed).toEqual(['display']);
    expect(kernelReport(display, { 'display / deno': 1 }, '').missed).toEqual(['display / deno']);
  });
});
