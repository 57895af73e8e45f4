import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Output } from '#kernel/jupyter/engine/engine';
import { type Checker, TypeCheck } from '#kernel/jupyter/engine/type-check';
import type { Diagnostic } from '#kernel/jupyter/language/diagnostics';

const objection: Diagnostic = { line: 1, column: 0, length: 1, code: 1, message: 'wrong' };
const cell = { id: 7, count: 3, code: 'x', expressions: {}, input: false };

/** A checker that answers when told to. */
function manual(warm = true) {
  const answers: ((found: Diagnostic[]) => void)[] = [];
  const hurried: boolean[] = [];
  const warmed: (() => void)[] = [];
  const checker: Checker = {
    warm,
    check: (_, whenQuiet = false) => {
      hurried.push(!whenQuiet);
      return new Promise((resolve) => answers.push(resolve));
    },
    whenWarm: (task) => void warmed.push(task),
  };
  const outputs: Output[] = [];
  const over: number[] = [];
  const check = new TypeCheck(checker, { output: (output) => outputs.push(output), over: (id) => over.push(id) });
  return { answers, hurried, warmed, outputs, over, check };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown> | undefined): Promise<boolean> {
  let done = false;
  void promise?.then(() => {
    done = true;
  });
  await settled();
  return done;
}

describe('what a cell shows', () => {
  it('waits for its check, and the report comes first', async () => {
    const { check, answers, outputs } = manual();
    const reported = check.report(cell);
    expect(await isSettled(reported)).toBe(false);
    answers[0]!([objection]);
    await reported;
    expect(outputs).toMatchObject([{ cell: 7, type: 'display_data' }]);
    expect(JSON.parse(Buffer.from(outputs[0]!.content).toString()).data['text/plain']).toContain('cell[3]:1:1 wrong');
  });

  it('does not wait long, and the report comes later', async () => {
    const { check, answers, outputs } = manual();
    const reported = check.report(cell);
    vi.advanceTimersByTime(99);
    expect(await isSettled(reported)).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await isSettled(reported)).toBe(true);
    expect(outputs).toEqual([]);
    answers[0]!([objection]);
    await settled();
    expect(outputs).toHaveLength(1);
  });

  it('does not wait for a checker that is not warm, which is asked once it is', async () => {
    const { check, answers, warmed, outputs } = manual(false);
    expect(check.report(cell)).toBeUndefined();
    expect(answers).toEqual([]);
    warmed[0]!();
    answers[0]!([objection]);
    await settled();
    expect(outputs).toHaveLength(1);
  });

  it('does not wait where a program has sent twenty cells, each as soon as one has ended; the reports come all the same', async () => {
    const { check, answers, hurried, outputs } = manual();
    const next = (after: number): Promise<void> | undefined => {
      check.ended();
      vi.advanceTimersByTime(after);
      return check.report(cell);
    };
    for (let i = 0; i < 20; i++) {
      const reported = next(20);
      expect(reported).toBeDefined();
      answers.pop()!([]);
      await reported;
    }
    expect(next(20)).toBeUndefined();
    answers.pop()!([objection]);
    await settled();
    expect(outputs).toMatchObject([{ cell: 7 }]);
    expect(next(200)).toBeDefined();
    expect(next(20)).toBeDefined();
    expect(hurried).toEqual([...Array<boolean>(20).fill(true), false, true, true]);
  });

  it('waits where the cell was sent while another ran, as all cells are that a person runs at once', () => {
    const { check } = manual();
    check.ended();
    expect(check.report({ ...cell, queued: true })).toBeDefined();
  });

  it('waits no more once many have waited long, and again after a while', async () => {
    const { check, answers } = manual();
    let waited = 0;
    for (let i = 0; i < 40; i++) {
      const reported = check.report({ ...cell, queued: true });
      if (reported) waited++;
      vi.advanceTimersByTime(100);
      await reported;
      for (const answer of answers.splice(0)) answer([]);
      await settled();
    }
    expect(waited).toBeLessThan(25);
    vi.advanceTimersByTime(10_000);
    expect(check.report(cell)).toBeDefined();
  });

  it('is not kept waiting by checks that are quick, however many', async () => {
    const { check, answers } = manual();
    for (let i = 0; i < 500; i++) {
      const reported = check.report({ ...cell, queued: true });
      expect(reported).toBeDefined();
      vi.advanceTimersByTime(2);
      for (const answer of answers.splice(0)) answer([]);
      await reported;
    }
  });
});

describe('a cell', () => {
  it('is not forgotten before its report is there, and at once where none is to come', async () => {
    const { check, answers, outputs, over } = manual();
    void check.report(cell);
    check.over(cell.id);
    check.over(8);
    expect(over).toEqual([8]);
    answers[0]!([objection]);
    await settled();
    expect(outputs).toHaveLength(1);
    expect(over).toEqual([8, 7]);
    check.over(cell.id);
    expect(over).toEqual([8, 7, 7]);
  });

  it('that waits for a checker to be warm is not forgotten either', async () => {
    const { check, warmed, answers, over } = manual(false);
    void check.report(cell);
    check.over(cell.id);
    expect(over).toEqual([]);
    warmed[0]!();
    answers[0]!([]);
    await settled();
    expect(over).toEqual([cell.id]);
  });

  it('is not checked while many checks are under way', () => {
    const { check, answers } = manual(true);
    for (let i = 0; i < 300; i++) void check.report({ ...cell, id: i });
    expect(answers).toHaveLength(100);
  });

  it('outside the history is a tool’s own', () => {
    const { check, answers } = manual();
    const { count: _, ...uncounted } = cell;
    expect(check.report(uncounted)).toBeUndefined();
    expect(answers).toEqual([]);
  });
});

describe('the modes', () => {
  it('strict refuses a cell with errors, however long the check takes', async () => {
    const { check, answers, outputs } = manual(false);
    check.mode = 'strict';
    const refusal = check.refusal(cell);
    vi.advanceTimersByTime(5000);
    answers[0]!([objection]);
    expect(await refusal).toMatchObject({ ename: 'TypeCheckError', evalue: expect.stringMatching(/^1 type error; /) });
    expect(outputs).toEqual([]);
    const good = check.refusal(cell);
    answers[1]!([]);
    expect(await good).toBeUndefined();
    expect(check.report(cell), 'it has been checked').toBeUndefined();
  });

  it('wait makes every cell wait, whoever sent it, however long, and for a checker that is not warm', async () => {
    const { check, answers, hurried, outputs } = manual(false);
    check.mode = 'wait';
    for (let i = 0; i < 30; i++) {
      const reported = check.report({ ...cell, id: i });
      vi.advanceTimersByTime(5000);
      expect(await isSettled(reported)).toBe(false);
      answers[i]!([objection]);
      await reported;
      expect(outputs).toHaveLength(i + 1);
      check.ended();
    }
    expect(hurried).not.toContain(false);
  });

  it('off asks nothing', () => {
    const { check, answers } = manual();
    check.mode = 'off';
    expect(check.report(cell)).toBeUndefined();
    expect(answers).toEqual([]);
  });
});
