import { describe, expect, it } from 'vitest';
import { helpTopic } from '#kernel/jupyter/wire/help';

describe('asking for help with a question mark', () => {
  it.each([
    ['mean?', 'mean'],
    ['?mean', 'mean'],
    ['  Math.hypot?? ', 'Math.hypot'],
    ['?? $x_1;', '$x_1'],
  ])('%j asks about %s', (code, topic) => {
    expect(helpTopic(code)).toBe(topic);
  });

  it.each(['mean', 'a ? b : c', 'a?.b', 'x ?? y', 'f()?', '?', '', 'a?\nb'])('%j is a cell like any other', (code) => {
    expect(helpTopic(code)).toBeUndefined();
  });
});
