import { AsyncLocalStorage } from 'node:async_hooks';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answer, Order } from '#kernel/workers/messages';
import { NoWorkers, WorkerLost, WorkerPool } from '#kernel/workers/pool';
import { moduleBeside, type Opener, processors } from '#kernel/workers/thread';

const module = moduleBeside(import.meta.url, './tasks/work');
const opened: WorkerPool[] = [];

/** A pool that is closed after the test. */
function pool(...given: ConstructorParameters<typeof WorkerPool>): WorkerPool {
  const made = new WorkerPool(...given);
  opened.push(made);
  return made;
}

afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

/** Threads without a thread: what each is told, and a way to answer. */
function mocks() {
  const threads: {
    orders: Order[];
    held: boolean;
    ended: boolean;
    answer(a: Answer): void;
    lose(why: string): void;
  }[] = [];
  const open: Opener = (listener) => {
    const thread = {
      orders: [] as Order[],
      held: false,
      ended: false,
      answer: (answer: Answer) => listener.answer(answer),
      lose: (why: string) => listener.lost(why),
    };
    threads.push(thread);
    return {
      post: (order) => thread.orders.push(order),
      hold: (held) => {
        thread.held = held;
      },
      end: () => {
        thread.ended = true;
      },
    };
  };
  const done = (k: number, data: unknown) => {
    const order = threads[k]!.orders.findLast((o) => o.type === 'run');
    if (order?.type === 'run') threads[k]!.answer({ type: 'done', job: order.job, data });
  };
  return { threads, open, done };
}

describe('a task', () => {
  it('is done on another thread, and its result comes back', async () => {
    const job = pool(1).start<never, number>({ module, payload: { kind: 'double', value: 21 } });
    expect(await job.result).toBe(42);
  });

  it('tells of itself while it runs, in order', async () => {
    const job = pool(1).start<number, number>({ module, payload: { kind: 'count', value: 100 } });
    const heard: number[] = [];
    for await (const i of job) heard.push(i);
    expect(heard).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(await job.result).toBe(100);
  });

  it('that throws rejects with what it threw, and the worker goes on', async () => {
    const one = pool(1);
    const failing = one.start({ module, payload: { kind: 'throw' } });
    await expect(failing.result).rejects.toThrow('the value is out of range');
    expect(await one.start({ module, payload: { kind: 'double', value: 1 } }).result).toBe(2);
    expect(one.open).toBe(1);
  });

  it('moves large results instead of copying them', async () => {
    const job = pool(1).start<never, Float64Array>({ module, payload: { kind: 'move', value: 1000 } });
    expect(await job.result).toEqual(new Float64Array(1000).fill(7));
  });

  it('ends with what it has when asked to stop', async () => {
    const job = pool(1).start<string, string>({ module, payload: { kind: 'until stopped' } });
    for await (const message of job) {
      expect(message).toBe('under way');
      job.stop();
    }
    expect(await job.result).toBe('stopped');
  });

  it('is read in the context of whoever reads it, not in that of the first who used the worker', async () => {
    const storage = new AsyncLocalStorage<string>();
    const one = pool(1);
    const read = async () => {
      const seen = new Set<string | undefined>();
      const job = one.start<number, number>({ module, payload: { kind: 'count', value: 3 } });
      for await (const _ of job) seen.add(storage.getStore());
      await job.result;
      seen.add(storage.getStore());
      return [...seen];
    };
    expect(await storage.run('first cell', read)).toEqual(['first cell']);
    expect(await storage.run('second cell', read)).toEqual(['second cell']);
  });

  it('that cannot be sent says so, and leaves the worker free', async () => {
    const one = pool(1);
    await expect(one.start({ module, payload: () => 1 }).result).rejects.toThrow(/could not be cloned/);
    expect(await one.start({ module, payload: { kind: 'double', value: 2 } }).result).toBe(4);
  });
});

describe('a pool', () => {
  it('opens workers when they are needed, at most so many, and keeps them', async () => {
    const { threads, open, done } = mocks();
    const two = pool(2, 10, open);
    expect(two.open).toBe(0);
    const jobs = [1, 2, 3].map((value) => two.start({ module, payload: value }));
    expect(threads).toHaveLength(2);
    expect(threads.map(({ orders }) => orders.length)).toEqual([1, 1]);
    done(1, 'b');
    expect(await jobs[1]!.result).toBe('b');
    expect(threads[1]!.orders).toHaveLength(2); // the third was waiting
    done(0, 'a');
    done(1, 'c');
    expect(await Promise.all(jobs.map((job) => job.result))).toEqual(['a', 'b', 'c']);
    two.start({ module, payload: 4 });
    expect(threads).toHaveLength(2);
  });

  it('keeps the process alive for work alone', () => {
    const { threads, open, done } = mocks();
    const one = pool(1, 10, open);
    one.start({ module, payload: 1 });
    expect(threads[0]!.held).toBe(true);
    done(0, 1);
    expect(threads[0]!.held).toBe(false);
  });

  it('lets a program end while its workers are warm', () => {
    const program = `
      import { WorkerPool } from ${JSON.stringify(new URL('../../../kernel/src/workers/pool.ts', import.meta.url).href)};
      const job = new WorkerPool(2).start({ module: ${JSON.stringify(module)}, payload: { kind: 'double', value: 4 } });
      process.stdout.write(String(await job.result));`;
    const root = fileURLToPath(new URL('../../..', import.meta.url));
    const options = { cwd: root, encoding: 'utf8', timeout: 30_000 } as const;
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', program], options)).toBe('8');
  });

  it('lets a program end whose workers were opened and never used', () => {
    const program = `
      import { WorkerPool } from ${JSON.stringify(new URL('../../../kernel/src/workers/pool.ts', import.meta.url).href)};
      new WorkerPool(2).prepare(${JSON.stringify(module)}, 2);
      setTimeout(() => process.stdout.write('over'), Number(process.argv[1]));`;
    const root = fileURLToPath(new URL('../../..', import.meta.url));
    const options = { cwd: root, encoding: 'utf8', timeout: 60_000 } as const;
    for (const milliseconds of ['0', '300']) {
      const args = ['--input-type=module', '-e', program, milliseconds];
      expect(execFileSync(process.execPath, args, options)).toBe('over');
    }
  });

  it('knows which workers have loaded a module, and which have done its work', async () => {
    const { threads, open, done } = mocks();
    const two = pool(2, 10, open);
    two.prepare('a', 2);
    expect([two.ready('a'), two.practised('a')]).toEqual([0, 0]);
    threads[1]!.answer({ type: 'ready' });
    threads[1]!.answer({ type: 'loaded', module: 'a' });
    expect([two.ready('a'), two.ready('b'), two.practised('a')]).toEqual([1, 0, 0]);
    const job = two.start<never, number>({ module: 'a', payload: 1 }); // given to the one that is ready
    expect(threads.map(({ orders }) => orders.map(({ type }) => type))).toEqual([['load'], ['load', 'run']]);
    expect(two.ready('a')).toBe(0);
    done(1, 7);
    expect(await job.result).toBe(7);
    expect([two.ready('a'), two.practised('a'), two.practised('b')]).toEqual([1, 1, 0]);
    threads[1]!.lose('gone');
    expect([two.ready('a'), two.practised('a')]).toEqual([0, 0]);
  });

  it('counts a worker as practised only where its work came to an end', async () => {
    const one = pool(1);
    await expect(one.start({ module, payload: { kind: 'throw' } }).result).rejects.toThrow('out of range');
    expect(one.practised(module)).toBe(0);
    await one.start({ module, payload: { kind: 'double', value: 1 } }).result;
    expect(one.practised(module)).toBe(1);
  });

  it('sends a shared object to a worker once, and forgets the oldest', async () => {
    const one = pool(1);
    const objects = Array.from({ length: 6 }, (_, i) => ({ value: i }));
    const send = async (...shared: object[]) => {
      const job = one.start<never, { identity: number; object: object }[]>({
        module,
        payload: { kind: 'shared' },
        shared,
      });
      return (await job.result)!;
    };
    const [a, b] = objects;
    expect(await send(a!, b!)).toEqual([
      { identity: 0, object: { value: 0 } },
      { identity: 1, object: { value: 1 } },
    ]);
    expect((await send(a!))[0]!.identity).toBe(0); // the same object over there
    for (const object of objects.slice(2)) await send(object);
    expect((await send(b!))[0]!.identity).not.toBe(1); // sent anew: four others came since
    // All of one task at once, be they more than are kept.
    expect((await send(...objects)).map(({ object }) => object)).toEqual(objects);
  });

  it('opens workers ahead of their work, no more than it may, and tells each of a module once', () => {
    const told: string[][] = [];
    const pool = new WorkerPool(3, 10, () => {
      const orders: string[] = [];
      told.push(orders);
      return {
        post: (order) => orders.push(order.type === 'load' ? order.module : order.type),
        hold: () => undefined,
        end: () => undefined,
      };
    });
    pool.prepare('a', 2);
    expect(told).toEqual([['a'], ['a']]);
    pool.prepare('a', 5);
    pool.prepare('b', 1);
    expect(told).toEqual([['a', 'b'], ['a'], ['a']]);
    pool.start({ module: 'a', payload: 0 });
    expect(told[0]).toEqual(['a', 'b', 'run']);
    expect(pool.open).toBe(3);
  });

  it('can be told of a module that is none: the task that needs it says so', async () => {
    const pool = new WorkerPool(1);
    const missing = new URL('./tasks/none.ts', import.meta.url).href;
    pool.prepare(missing, 1);
    await expect(pool.start({ module: missing, payload: 0 }).result).rejects.toThrow(/none/);
    pool.close();
  });

  it('opens none ahead where there are none', async () => {
    const pool = new WorkerPool(2, 10, () => undefined);
    pool.prepare('a', 2);
    expect(pool.open).toBe(0);
    await expect(pool.start({ module: 'a', payload: 0 }).result).rejects.toThrow('no worker can be opened here');
  });

  it('says so when too many tasks wait', async () => {
    const { open } = mocks();
    const one = pool(1, 2, open);
    const jobs = [1, 2, 3, 4].map((value) => one.start({ module, payload: value }));
    await expect(jobs[3]!.result).rejects.toThrow(
      'all 1 workers are busy and 2 tasks wait already; await earlier runs before you start more',
    );
  });

  it('drops a task that is stopped while it waits', async () => {
    const { open, threads, done } = mocks();
    const one = pool(1, 5, open);
    const [first, second] = [1, 2].map((value) => one.start({ module, payload: value }));
    second!.stop();
    expect(await second!.result).toBeUndefined();
    done(0, 'x');
    expect(await first!.result).toBe('x');
    expect(threads[0]!.orders).toHaveLength(1);
  });

  it('refuses a size that is none, and knows how many processors there are', () => {
    expect(() => new WorkerPool(0)).toThrow('size must be a whole number ≥ 1, got 0');
    expect(processors()).toBeGreaterThanOrEqual(1);
  });
});

describe('a worker that ends', () => {
  it('fails its task with the reason, and another takes its place', async () => {
    const one = pool(1);
    expect(await one.start({ module, payload: { kind: 'double', value: 1 } }).result).toBe(2);
    const killed = one.start({ module, payload: { kind: 'exit', value: 3 } });
    const failure = await killed.result.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkerLost);
    expect(String(failure)).toContain('its worker ended: it ended with code 3');
    expect(await one.start({ module, payload: { kind: 'double', value: 5 } }).result).toBe(10);
  });

  it('leaves the tasks of the others, and lets those that wait go on', async () => {
    const { threads, open, done } = mocks();
    const two = pool(2, 10, open);
    const jobs = [1, 2, 3].map((value) => two.start({ module, payload: value }));
    for (const { answer } of threads) answer({ type: 'ready' });
    threads[0]!.lose('out of memory');
    await expect(jobs[0]!.result).rejects.toThrow('out of memory');
    expect(threads).toHaveLength(3); // opened for the one that waited
    done(1, 'second');
    done(2, 'third');
    expect(await jobs[1]!.result).toBe('second');
    expect(await jobs[2]!.result).toBe('third');
  });

  it('before it was ready means that there are none here: nobody waits for ever', async () => {
    const { threads, open } = mocks();
    const one = pool(1, 10, open);
    const jobs = [1, 2].map((value) => one.start({ module, payload: value }));
    threads[0]!.lose('not allowed');
    for (const job of jobs) await expect(job.result).rejects.toBeInstanceOf(NoWorkers);
    await expect(one.start({ module, payload: 3 }).result).rejects.toBeInstanceOf(NoWorkers);
  });

  it('is none where threads cannot be opened at all', async () => {
    const none = pool(1, 10, () => undefined);
    await expect(none.start({ module, payload: 1 }).result).rejects.toThrow('no worker can be opened here');
  });

  it('because the pool is closed fails what was under way and what waited', async () => {
    const { threads, open } = mocks();
    const one = pool(1, 10, open);
    const jobs = [1, 2].map((value) => one.start({ module, payload: value }));
    one.close();
    for (const job of jobs) await expect(job.result).rejects.toThrow('the pool was closed');
    expect(threads[0]!.ended).toBe(true);
    expect(one.open).toBe(0);
  });
});
