/**
 * What `tslab.display` shows, with the plain text beside it that tslab leaves out.
 */
import type { MimeBundle } from '../../host/host.ts';
import { textOfMarkup } from '../../host/rich.ts';

/** 'text/html', '<b>x</b>' → { 'text/html': '<b>x</b>', 'text/plain': 'x' } */
export function shownBundle(type: string, content: unknown): MimeBundle {
  const plain = typeof content === 'string' ? plainText(type, content) : '';
  return plain === '' ? { [type]: content } : { [type]: content, 'text/plain': plain };
}

/** Empty where nothing better is known than the media type. */
function plainText(type: string, content: string): string {
  switch (type) {
    case 'text/html':
      return textOfMarkup(content);
    case 'text/markdown':
    case 'text/latex':
      return content;
    default:
      return '';
  }
}
