import { describe, expect, it } from 'vitest';
import type { Output } from '#kernel/jupyter/engine/engine';
import { type Checker, TypeCheck } from '#kernel/jupyter/engine/type-check';
import type { Diagnostic } from '#kernel/jupyter/language/diagnostics';

const objection: Diagnostic = { line: 1, column: 0, length: 1, code: 1, message: 'wrong' };
const cell = { id: 7, count: 3, code: 'x', expressions: {}, input: false };

/** A checker that answers when told to. */
function manual(warm = true) {
  const answers: ((found: Diagnostic[]) => void)[] = [];
  const warmed: (() => void)[] = [];
  const checker: Checker = {
    warm,
    check: () => new Promise((resolve) => answers.push(resolve)),
    whenWarm: (task) => void warmed.push(task),
  };
  const outputs: Output[] = [];
  const check = new TypeCheck(checker, (output) => outputs.push(output));
  return { answers, warmed, outputs, check };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a cell', () => {
  it('waits for a check that answers at once, and its report comes first', async () => {
    const { check, answers, outputs } = manual();
    const before = check.before(cell);
    answers[0]!([objection]);
    expect(await before).toBeUndefined();
    expect(outputs).toMatchObject([{ cell: 7, type: 'display_data' }]);
    expect(JSON.parse(Buffer.from(outputs[0]!.content).toString()).data['text/plain']).toContain('cell[3]:1:1 wrong');
  });

  it('does not wait long, and the report comes later', async () => {
    const { check, answers, outputs } = manual();
    await check.before(cell);
    expect(outputs).toEqual([]);
    answers[0]!([objection]);
    await settled();
    expect(outputs).toHaveLength(1);
  });

  it('does not wait for a checker that is not warm, which is asked once it is', async () => {
    const { check, answers, warmed, outputs } = manual(false);
    await check.before(cell);
    expect(answers).toEqual([]);
    warmed[0]!();
    answers[0]!([objection]);
    await settled();
    expect(outputs).toHaveLength(1);
  });

  it('waits no more once many have waited', async () => {
    const { check, answers } = manual();
    const begin = performance.now();
    for (let i = 0; i < 40; i++) {
      await check.before(cell);
      for (const answer of answers.splice(0)) answer([]);
      await settled();
    }
    expect(performance.now() - begin).toBeLessThan(3500); // 40 of 100 ms would be 4000
  });

  it('is not checked while many checks are under way', async () => {
    const { check, answers } = manual(true);
    await Promise.all(Array.from({ length: 9 }, () => check.before(cell)));
    expect(answers).toHaveLength(5);
  });

  it('outside the history is a tool’s own', async () => {
    const { check, answers } = manual();
    const { count: _, ...uncounted } = cell;
    await check.before(uncounted);
    expect(answers).toEqual([]);
  });
});

describe('the modes', () => {
  it('strict refuses a cell with errors, however long the check takes', async () => {
    const { check, answers, outputs } = manual(false);
    check.mode = 'strict';
    const before = check.before(cell);
    answers[0]!([objection]);
    expect(await before).toMatchObject({ ename: 'TypeCheckError', evalue: expect.stringMatching(/^1 type error; /) });
    expect(outputs).toEqual([]);
    const good = check.before(cell);
    answers[1]!([]);
    expect(await good).toBeUndefined();
  });

  it('off asks nothing', async () => {
    const { check, answers } = manual();
    check.mode = 'off';
    await check.before(cell);
    expect(answers).toEqual([]);
  });
});
