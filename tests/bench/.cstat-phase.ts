import { compileModel } from '#kernel/model/index';
import { models } from '/tmp/cstat/clone/tests/bench/gradient/models.ts';
import { nodeOf } from '#kernel/program/arguments';
import { expressionOf } from '#kernel/program/expression';
import { Program } from '#kernel/program/compile';
import { closeGraph } from '#kernel/program/graph';
import { grad } from '#kernel/program/gradient';
import { reduceLeastSquares } from '#kernel/program/optimise/least-squares';
import { multiplyLogarithms } from '#kernel/program/optimise/log-products';
import { shareExponentials } from '#kernel/program/optimise/share';
import { mergeScans } from '#kernel/program/optimise/merge';
import { generate } from '#kernel/program/generate/javascript';
import { Assembler } from '#kernel/program/generate/webassembly/assembler';
import { memoryNeeded } from '#kernel/program/generate/webassembly/need';
const cpu=()=>performance.now();
for (const name of process.argv.slice(2)) {
  const best: Record<string, number> = {};
  for (let r=0;r<25;r++) {
    let t=cpu(); const mark=(k:string)=>{const n=cpu(); best[k]=Math.min(best[k]??1e9, n-t); t=cpu();};
    const { model } = models[name]!(); mark('trace');
    const c = compileModel(model); const a = c.expressions; mark('assemble');
    let value = a.terms.map(t=>t.value).reduce((x,y)=>x.add(y));
    value = expressionOf(reduceLeastSquares([nodeOf(value)])[0]!); mark('leastsq');
    const gs = grad(value,[a.position]); mark('grad');
    const outs = multiplyLogarithms([value, ...gs].map(nodeOf)); mark('logprod');
    let g = closeGraph(outs, [{name:'position',shape:[c.dimension]}]); mark('close');
    g = shareExponentials(mergeScans(g)); mark('merge+share');
    const asm = Assembler.open(memoryNeeded(g, 32).bytes)!; mark('need');
    const gen = generate(g, asm); mark('generate');
    const m = asm.finish(); mark('wasm');
    const values = new Map([...gen.constants, ...m]);
    const make = new Function(...values.keys(), `'use strict';\nreturn function run() {\n${gen.text}\n};`); mark('Function');
    const run = make(...values.values()); run(); mark('run');
  }
  console.log(name, Object.entries(best).map(([k,v])=>`${k} ${v.toFixed(2)}`).join('  '), 'total', Object.values(best).reduce((x,y)=>x+y,0).toFixed(1));
}
