import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { pythonCells, rounds, typescriptCells } from './plan.ts';

const languages = { TypeScript: typescriptCells('show()'), Python: pythonCells() };

describe.each(Object.entries(languages))('the cells in %s', (_, cells) => {
  it('are as many as there are rounds, and no two alike', () => {
    const codes = [...cells.warmup, ...cells.distinct.map(({ code }) => code)];
    expect(cells.distinct).toHaveLength(rounds.cells);
    expect(new Set(codes).size).toBe(codes.length);
  });
  it('ask as often as there are rounds, and no question twice', () => {
    for (const questions of [cells.complete, cells.inspect]) {
      expect(questions).toHaveLength(rounds.questions);
      expect(new Set(questions.map(({ code }) => code)).size).toBe(rounds.questions);
    }
  });
  it('ask with the cursor inside the code', () => {
    for (const { code, back = 0 } of [...cells.complete, ...cells.inspect]) {
      expect(back).toBeLessThan(code.length);
    }
  });
  it('complete what is not yet typed', () => {
    for (const { code, expect: wanted } of cells.complete) expect(code).not.toContain(wanted);
  });
});

describe('the cells of both languages', () => {
  it('expect the same results', () => {
    const wanted = Object.values(languages).map(({ distinct }) => distinct.map((cell) => cell.expect));
    expect(wanted[0]).toEqual(wanted[1]);
    const { complete, inspect } = languages.TypeScript;
    expect(complete.map((question) => question.expect)).toEqual(languages.Python.complete.map((q) => q.expect));
    expect(inspect.map((question) => question.expect)).toEqual(languages.Python.inspect.map((q) => q.expect));
  });
  it('of TypeScript give what they expect', () => {
    const cell = languages.TypeScript.distinct[7]!;
    expect(runInNewContext(stripTypeScriptTypes(cell.code))).toBe(cell.expect);
  });
  it('have bars only for rows that the client measures', () => {
    const bars = JSON.parse(readFileSync(new URL('../bars.json', import.meta.url), 'utf8')) as Record<string, object>;
    const client = readFileSync(new URL('./client.py', import.meta.url), 'utf8');
    for (const bar of Object.keys(bars.kernel!)) expect(client).toContain(`"${bar.split(' / ')[0]}"`);
  });
});
