/**
 * What runs inside a worker: takes orders, loads the module an order names, and answers with its result.
 */
import type { Answer, Moved, Order, Run } from './messages.ts';

/** The line to the owner: `parentPort` in Node, the global object in a Web Worker. */
interface Line {
  postMessage(answer: Answer, transfer: readonly Transferable[]): void;
}

const node = (globalThis as { process?: NodeJS.Process }).process;
const shared = new Map<number, unknown>();
const stopped = new Set<number>();

async function work(order: Order & { type: 'run' }): Promise<Moved> {
  const objects = order.shared.map((number) => shared.get(number));
  const { run } = (await import(/* @vite-ignore */ order.module)) as { run: Run };
  return run(order.payload as never, {
    shared: objects,
    get stopped() {
      return stopped.has(order.job);
    },
    send: (data, transfer = []) => line.postMessage({ type: 'message', job: order.job, data }, transfer),
  });
}

async function obey(order: Order): Promise<void> {
  switch (order.type) {
    case 'load':
      await import(/* @vite-ignore */ order.module).catch(() => undefined);
      line.postMessage({ type: 'loaded', module: order.module }, []);
      return;
    case 'keep':
      shared.set(order.number, order.object);
      return;
    case 'forget':
      shared.delete(order.number);
      return;
    case 'stop':
      stopped.add(order.job);
      return;
    case 'run':
      try {
        const { data, transfer } = await work(order);
        line.postMessage({ type: 'done', job: order.job, data }, transfer);
      } catch (error) {
        line.postMessage({ type: 'failed', job: order.job, error }, []);
      } finally {
        stopped.delete(order.job);
      }
  }
}

function openLine(): Line {
  const port = node?.getBuiltinModule?.('node:worker_threads').parentPort;
  if (port) {
    port.on('message', (order: Order) => void obey(order));
    return { postMessage: (answer, transfer) => port.postMessage(answer, transfer as readonly ArrayBuffer[]) };
  }
  const scope = globalThis as unknown as Worker; // a worker's global object posts and listens as the owner's side does
  scope.onmessage = ({ data }: MessageEvent<Order>) => void obey(data);
  return { postMessage: (answer, transfer) => scope.postMessage(answer, [...transfer]) };
}

const line = openLine();
line.postMessage({ type: 'ready' }, []);
