/**
 * The endurance bench: 20,000 cells at random through a real client, each checked, and the heaps of the kernel's threads
 * after collection. `npm run bench -- endurance 3000 5` runs fewer cells, from another seed.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { environmentNode, python, root } from '../../../scripts/lib/paths.mjs';
import { PeerMissing } from '../peers/stan.ts';
import { type EnduranceReport, enduranceReport, type Told } from './report.ts';

const wholeRun = 20_000;
/** Cells between two samples. */
const every = 200;

export async function measureEndurance([cells = wholeRun, seed = 1]: readonly (
  | string
  | number
)[]): Promise<EnduranceReport> {
  const node = environmentNode();
  if (node === undefined) throw new PeerMissing('There is no environment: run npm run setup.');
  const main = process.env.ESTIMAND_KERNEL_MAIN;
  const file = '{connection_file}';
  const folder = join(root, '.bench', 'endurance');
  mkdirSync(folder, { recursive: true });
  const client = spawn(python, [fileURLToPath(new URL('./client.py', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = new Promise((resolve, reject) => client.on('close', resolve).on('error', reject));
  client.stdin.end(
    JSON.stringify({
      argv: main === undefined ? [python, '-m', 'estimand_kernel', file] : [node, main, file],
      cells: Number(cells),
      every,
      seed: Number(seed),
      probe: fileURLToPath(new URL('./probe.cjs', import.meta.url)),
      folder,
    }),
  );
  const told: Told[] = [];
  for await (const line of createInterface(client.stdout)) told.push(JSON.parse(line) as Told);
  await closed;
  return enduranceReport(told);
}
