/**
 * The kernel bench: ours, Deno, tslab and ipykernel in turn through one Python client.
 */
import { spawn } from 'node:child_process';
import { loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { python } from '../../../scripts/lib/paths.mjs';
import { PeerMissing } from '../peers/stan.ts';
import type { Bars } from '../report.ts';
import { type KernelReport, kernelReport, type Sample } from './figures.ts';
import { folder, kernels } from './kernels.ts';
import { rounds } from './plan.ts';

/** Measure all rows (two to three minutes), and judge them. */
export async function measureKernel(bars: Bars): Promise<KernelReport> {
  const plan = JSON.stringify({ folder, kernels: kernels(), rounds });
  const before = loadavg()[0]!;
  const client = spawn(python, [fileURLToPath(new URL('./client.py', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    client.on('close', resolve);
    client.on('error', reject);
  });
  client.stdin.end(plan);
  const samples: Sample[] = [];
  for await (const line of createInterface(client.stdout)) samples.push(JSON.parse(line) as Sample);
  const code = await closed;
  if (code !== 0)
    throw new PeerMissing(`The client ended with ${code}; the kernels' own messages are in .bench/kernel/.`);
  return kernelReport(samples, bars, `load ${before.toFixed(1)} before, ${loadavg()[0]!.toFixed(1)} after`);
}
