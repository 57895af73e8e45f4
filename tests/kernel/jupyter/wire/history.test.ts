import { describe, expect, it } from 'vitest';
import { History } from '#kernel/jupyter/wire/history';

function filled(): History {
  const history = new History();
  history.add(1, 'const a = 1');
  history.add(2, 'a + 1');
  history.result(2, '2');
  history.add(3, 'const b = 2');
  history.add(4, 'a + 1');
  return history;
}
const inputs = (content: Record<string, unknown>) =>
  filled()
    .request(content)
    .map(([, , input]) => input);

describe('history', () => {
  it('gives the last n', () => {
    expect(inputs({ hist_access_type: 'tail', n: 2 })).toEqual(['const b = 2', 'a + 1']);
    expect(inputs({ hist_access_type: 'tail', n: 0 })).toEqual([]);
    expect(inputs({ hist_access_type: 'tail' })).toHaveLength(4);
  });

  it('gives a range of this session, its end excluded', () => {
    expect(inputs({ hist_access_type: 'range', session: 0, start: 2, stop: 4 })).toEqual(['a + 1', 'const b = 2']);
    expect(inputs({ hist_access_type: 'range', session: 1, start: 4 })).toEqual(['a + 1']);
    expect(inputs({ hist_access_type: 'range', session: 7, start: 1, stop: 9 })).toEqual([]);
  });

  it('gives the session and line of each entry', () => {
    expect(filled().request({ hist_access_type: 'tail', n: 1 })).toEqual([[1, 4, 'a + 1']]);
  });

  it('gives outputs when asked', () => {
    expect(filled().request({ hist_access_type: 'range', start: 1, stop: 3, output: true })).toEqual([
      [1, 1, ['const a = 1', null]],
      [1, 2, ['a + 1', '2']],
    ]);
  });

  it('searches by a glob over the whole text', () => {
    expect(inputs({ hist_access_type: 'search', pattern: 'const*' })).toEqual(['const a = 1', 'const b = 2']);
    expect(inputs({ hist_access_type: 'search', pattern: 'const ? = 2' })).toEqual(['const b = 2']);
    expect(inputs({ hist_access_type: 'search', pattern: 'const' })).toEqual([]);
    expect(inputs({ hist_access_type: 'search', pattern: 'a + 1' })).toHaveLength(2);
  });

  it('takes the signs of regular expressions in a pattern as they are', () => {
    expect(inputs({ hist_access_type: 'search', pattern: '.*' })).toEqual([]);
    expect(inputs({ hist_access_type: 'search', pattern: '(a' })).toEqual([]);
  });

  it('gives each input once when unique, and at most n', () => {
    expect(inputs({ hist_access_type: 'search', pattern: 'a*', unique: true })).toEqual(['a + 1']);
    expect(inputs({ hist_access_type: 'search', pattern: '*', n: 3 })).toHaveLength(3);
  });

  it('searches across the lines of a cell', () => {
    const history = new History();
    history.add(1, 'first\nsecond');
    expect(history.request({ hist_access_type: 'search', pattern: 'f*second' })).toHaveLength(1);
  });

  it('knows of no sessions before this one', () => {
    expect(inputs({ hist_access_type: 'range', session: -1 })).toEqual([]);
  });

  it('counts lines below 0 from the line to come, and takes a stop of 0 or none for the end', () => {
    expect(inputs({ hist_access_type: 'range', start: -2 })).toEqual(['const b = 2', 'a + 1']);
    expect(inputs({ hist_access_type: 'range', start: 1, stop: -2 })).toEqual(['const a = 1', 'a + 1']);
    expect(inputs({ hist_access_type: 'range', start: 3, stop: 0 })).toEqual(['const b = 2', 'a + 1']);
    expect(inputs({ hist_access_type: 'range', start: 3, stop: null })).toEqual(['const b = 2', 'a + 1']);
  });

  it('finds a pattern of many stars in a long text at once', () => {
    const history = new History();
    history.add(1, 'a'.repeat(50_000));
    expect(history.request({ hist_access_type: 'search', pattern: `${'*a'.repeat(30)}*b` })).toEqual([]);
    expect(history.request({ hist_access_type: 'search', pattern: `${'*a'.repeat(30)}*` })).toHaveLength(1);
    expect(history.request({ hist_access_type: 'search', pattern: '**' })).toHaveLength(1);
    expect(history.request({ hist_access_type: 'search', pattern: '?' })).toHaveLength(0);
  });

  it('keeps the last 1000 cells, and of large cells as many as 16 million characters hold', () => {
    const history = new History();
    for (let line = 1; line <= 2500; line++) history.add(line, `cell ${line}`);
    const kept = history.request({ hist_access_type: 'tail' });
    expect(kept).toHaveLength(1000);
    expect(kept[0]).toEqual([1, 1501, 'cell 1501']);
    for (let line = 1; line <= 20; line++) history.add(2500 + line, 'x'.repeat(1_000_000));
    expect(history.request({ hist_access_type: 'tail' })).toHaveLength(16);
  });

  it('keeps of a result what a person reads', () => {
    const history = new History();
    history.add(1, 'x');
    history.result(1, 'y'.repeat(50_000));
    const [[, , [, output]]] = history.request({ hist_access_type: 'tail', output: true }) as [
      [number, number, [string, string]],
    ];
    expect(output).toHaveLength(10_001);
  });
});
