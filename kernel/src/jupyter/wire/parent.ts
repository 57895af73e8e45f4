/**
 * Leave when whoever started the kernel is gone: a notebook server that was killed cannot ask us to shut down.
 */
import { readFileSync } from 'node:fs';

/** How often the parent is looked for, ms. */
const interval = 1000;

/**
 * Call `leave` once when the parent process has ended.
 *
 * `JPY_PARENT_PID`, set by jupyter_client, names the process to watch. Without it nobody is watched: a kernel
 * started by hand lives until it is told to stop.
 */
export function watchParent(leave: () => void, environment: NodeJS.ProcessEnv = process.env): void {
  const named = Number(environment.JPY_PARENT_PID);
  if (!(Number.isInteger(named) && named > 1)) return;
  const direct = process.ppid === named; // a process id can be given again; being our parent cannot
  const timer = setInterval(() => {
    if (direct ? process.ppid === named : alive(named)) return;
    clearInterval(timer);
    leave();
  }, interval);
  timer.unref();
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // there, but another user's
  }
}

/** Whether a process has ended and only its parent has not heard of it, which may be never; told on Linux alone. */
function isZombie(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8'); // 712 (a (strange) name) Z 1 …
    return status[status.lastIndexOf(')') + 2] === 'Z';
  } catch {
    return false;
  }
}
