/**
 * Loaded into a kernel's processes and their threads with NODE_OPTIONS: on SIGUSR2 each thread of the process collects
 * its garbage and writes a line to the file that ESTIMAND_PROBE names. The kernel itself knows nothing of it.
 */
const { appendFileSync } = require('node:fs');
const { getHeapSpaceStatistics } = require('node:v8');
const { isMainThread, BroadcastChannel } = require('node:worker_threads');

const asked = new BroadcastChannel('estimand-probe');
const collect = globalThis.gc;
const nextTurn = setImmediate;

function tell() {
  // Twice, with a turn between: what finalizers let go of is collected as well.
  collect();
  nextTurn(() => {
    collect();
    const { external, rss } = process.memoryUsage();
    // Without machine code and bytecode: V8 makes more of them for as long as it finds something to make faster.
    const spaces = getHeapSpaceStatistics().filter(({ space_name }) => !/code|trusted/.test(space_name));
    const heap = spaces.reduce((sum, { space_used_size }) => sum + space_used_size, 0);
    appendFileSync(
      process.env.ESTIMAND_PROBE,
      `${JSON.stringify({ main: isMainThread, pid: process.pid, heap, external, rss })}\n`,
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
