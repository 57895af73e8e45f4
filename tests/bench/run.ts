/**
 * `npm run bench -- NAME [CASE …]`: the one way to measure. Prints one row a case, ends with one summary line, and
 * exits with 1 when a bar of bars.json is missed, with 2 when a peer cannot be set up.
 */
import { readFileSync } from 'node:fs';
import { measureEndurance } from './endurance/run.ts';
import { measureGradient } from './gradient/run.ts';
import { measureKernel } from './kernel/run.ts';
import { measureMatmul } from './matmul/run.ts';
import { measureMle } from './mle/run.ts';
import { PeerMissing } from './peers/stan.ts';
import { type Bars, report } from './report.ts';
import { measureSampling } from './sampling/run.ts';
import { measureStart } from './start/run.ts';
import { measureTrain } from './train/run.ts';

type AllBars = Readonly<Record<string, Bars>>;
type Bench = (cases: readonly string[], bars: AllBars) => Promise<{ text: string; missed: readonly string[] }>;

const benches: Readonly<Record<string, Bench>> = {
  gradient: async (cases, bars) => {
    const reports = (await measureGradient(cases)).map(({ bars: name, peer, measurements }) => {
      const { 'geometric mean': overall, ...each } = bars[name] ?? {};
      // The overall bar is about all cases.
      const applied = cases.length === 0 && overall !== undefined ? { ...each, 'geometric mean': overall } : each;
      return report(name, peer, measurements, applied);
    });
    return { text: reports.map(({ text }) => text).join('\n\n'), missed: reports.flatMap(({ missed }) => missed) };
  },
  matmul: async (cases, bars) => report('matmul', 'numpy', await measureMatmul(cases), bars.matmul ?? {}),
  mle: async (cases, bars) => report('mle', 'peers', await measureMle(cases), bars.mle ?? {}),
  kernel: (_, bars) => measureKernel(bars.kernel ?? {}),
  endurance: (cases) => measureEndurance(cases),
  start: async (cases, bars) => measureStart(cases, bars.start ?? {}),
  train: measureTrain,
  sampling: (cases, bars) => measureSampling(cases, bars.sampling ?? {}),
};

const [name = '', ...cases] = process.argv.slice(2);
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (bench === undefined) {
  process.stdout.write(`Usage: npm run bench -- NAME [CASE …]; NAME is one of ${Object.keys(benches).join(', ')}\n`);
  process.exitCode = 2;
} else {
  const bars = JSON.parse(readFileSync(new URL('./bars.json', import.meta.url), 'utf8')) as AllBars;
  try {
    const { text, missed } = await bench(cases, bars);
    process.stdout.write(`${text}\n`);
    process.exitCode = missed.length > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof PeerMissing)) throw error;
    process.stdout.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}
