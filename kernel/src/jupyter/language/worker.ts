/**
 * The language thread's entry: answers one question after the other.
 */
import { parentPort } from 'node:worker_threads';
import { complete } from './completion.ts';
import { check } from './diagnostics.ts';
import { inspect } from './inspection.ts';
import { isComplete } from './is-complete.ts';
import type { FromLanguage, ToLanguage } from './protocol.ts';
import { NotebookSession } from './session.ts';

const session = new NotebookSession(process.cwd());

function answer(note: Extract<ToLanguage, { kind: 'ask' }>): FromLanguage['answer'] {
  switch (note.question) {
    case 'complete':
      return complete(session, note.code, note.cursor);
    case 'inspect':
      return inspect(session, note.code, note.cursor);
    case 'isComplete':
      return isComplete(note.code);
    case 'check':
      return check(session, note.code);
  }
}

function take(note: ToLanguage): void {
  switch (note.kind) {
    case 'remember':
      session.remember(note.code);
      break;
    case 'forget':
      session.forget();
      break;
    case 'ask':
      parentPort!.postMessage({ id: note.id, answer: answer(note) } satisfies FromLanguage);
  }
}

parentPort!.on('message', (notes: readonly ToLanguage[]) => {
  for (const note of notes) take(note);
});
