/**
 * Loaded into a kernel's processes and their threads with NODE_OPTIONS: on SIGUSR2 each thread of the process collects
 * its garbage and writes a line to the file that ESTIMAND_PROBE names. The kernel itself knows nothing of it.
 */
const { appendFileSync } = require('node:fs');
const { isMainThread, BroadcastChannel } = require('node:worker_threads');

const asked = new BroadcastChannel('estimand-probe');
const collect = globalThis.gc;
const nextTurn = setImmediate;

function tell() {
  // Twice, with a turn between: what finalizers let go of is collected as well.
  collect();
  nextTurn(() => {
    collect();
    const { heapUsed, external, rss } = process.memoryUsage();
    appendFileSync(
      process.env.ESTIMAND_PROBE,
      `${JSON.stringify({ main: isMainThread, pid: process.pid, heap: heapUsed, external, rss })}\n`,
    );
  });
}

if (isMainThread) {
  process.on('SIGUSR2', () => {
    asked.postMessage(0);
    tell();
  });
} else {
  asked.onmessage = tell;
}
asked.unref();
