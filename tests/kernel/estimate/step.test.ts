import { describe, expect, it } from 'vitest';
import { type AlgorithmEvent, EventLog } from '#kernel/estimate/step';

const event = (iteration: number): AlgorithmEvent => ({ type: 'adaptation', iteration, stepSize: 1 });
const iterations = (log: EventLog) => log.events().map((e) => (e.type === 'adaptation' ? e.iteration : Number.NaN));

describe('event log', () => {
  it('keeps events in order', () => {
    const log = new EventLog(3);
    [0, 1].forEach((i) => {
      log.push(event(i));
    });
    expect(iterations(log)).toEqual([0, 1]);
    expect(log.dropped).toBe(0);
  });

  it('keeps the last ones when full, and counts those it dropped', () => {
    const log = new EventLog(3);
    for (let i = 0; i < 11; i++) log.push(event(i));
    expect(iterations(log)).toEqual([8, 9, 10]);
    expect(log.length).toBe(3);
    expect(log.dropped).toBe(8);
  });

  it('refuses a capacity that is not a whole number ≥ 1', () => {
    expect(() => new EventLog(0)).toThrow('capacity must be a whole number ≥ 1, got 0');
    expect(() => new EventLog(Number.NaN)).toThrow('got NaN');
  });
});
