import { expect, it } from 'vitest';
import { shownBundle } from '#kernel/jupyter/tslab-engine/bundle';

it.each([
  ['text/html', '<p>a <b>b</b></p><p>c</p>', 'a b\nc'],
  ['text/markdown', '*x*', '*x*'],
  ['text/latex', '$x$', '$x$'],
])('%s has plain text beside it', (type, content, plain) => {
  expect(shownBundle(type, content)).toEqual({ [type]: content, 'text/plain': plain });
});

it.each([
  ['text/plain', 'as it is'],
  ['image/svg+xml', '<svg/>'],
  ['text/javascript', '1'],
  ['text/html', '<br>'],
  ['application/json', { a: 1 }],
  ['image/png', new Uint8Array([1])],
])('%s stands for itself', (type, content) => {
  expect(shownBundle(type, content)).toEqual({ [type]: content });
});
