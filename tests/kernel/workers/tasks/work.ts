/** Tasks that the tests of the pool run in workers. */
import type { Moved, Work } from '#kernel/workers/messages';

interface Order {
  readonly kind: 'double' | 'count' | 'throw' | 'exit' | 'shared' | 'until stopped' | 'move';
  readonly value?: number;
}

const identities = new WeakMap<object, number>();
let seen = 0;

export async function run({ kind, value = 0 }: Order, work: Work): Promise<Moved> {
  switch (kind) {
    case 'double':
      return { data: 2 * value, transfer: [] };
    case 'count':
      for (let i = 0; i < value; i++) work.send(i);
      return { data: value, transfer: [] };
    case 'throw':
      throw new RangeError('the value is out of range');
    case 'exit':
      process.exit(value);
      break;
    case 'shared': {
      const objects = work.shared as object[];
      for (const object of objects) if (!identities.has(object)) identities.set(object, seen++);
      return { data: objects.map((object) => ({ identity: identities.get(object), object })), transfer: [] };
    }
    case 'until stopped': {
      let turns = 0;
      while (!work.stopped) {
        if (turns++ === 0) work.send('under way');
        await new Promise((resolve) => setImmediate(resolve));
      }
      return { data: 'stopped', transfer: [] };
    }
    case 'move': {
      const array = new Float64Array(value).fill(7);
      return { data: array, transfer: [array.buffer] };
    }
  }
  return { data: undefined, transfer: [] };
}
