/**
 * docs/operations.md, made from the registry:
 *
 *     node tests/kernel/program/operations-table.ts > docs/operations.md        (Node 24)
 */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { Expression } from '#kernel/program/expression';
import * as program from '#kernel/program/index';
import { type OperationName, operationOf, operations } from '#kernel/program/operations/registry';

/** Called by a function or method of another name, or of several. */
const calls: Partial<Record<OperationName, string>> = {
  argsort: '`argsort(x)`, `sort(x)`, `topK(x, k)`',
  batchMatmul: '`matmul(a, b)`',
  averagePool: '`averagePool1d(x, …)`, `averagePool2d(x, …)`',
  besselRatio: 'derivative of `logBesselI0`',
  betaDensity: 'derivative of `betaLower(a, b, x)`',
  causalMatmul: '`causalScores(a, b)`, `causalMix(w, v)`',
  causalSoftmaxSlope: 'derivative of `causalSoftmax`',
  chain: 'derivatives below a selection',
  choleskyReverse: 'derivative of `cholesky(a)`',
  concatenate: '`concatenate(parts)`, `stack(parts)`',
  concatenateAxis: '`concatenateAlong(parts, axis)`',
  convolution: '`conv1d(x, filters, …)`, `conv2d(x, filters, …)`',
  gammaDensity: 'derivative of `gammaLower(a, x)`',
  gather: '`.at(positions)`, `takeRows(table, positions)`, `diagonal(a)`',
  logAddExp: '`logSumExp(a, b)`, `logMix(p, a, b)`, `cumulativeLogSumExp(x)`',
  logSumExp: '`.logSumExp(…)`, `maskedLogSumExp(x, mask)`',
  logBesselI0: 'inside the von Mises distribution',
  matmulAdd: 'sums with `matmul(a, b)` in single precision',
  maxPool: '`maxPool1d(x, …)`, `maxPool2d(x, …)`',
  padAxis: 'derivative of `sliceAlong`',
  qr: '`qrFactors(a)`',
  random: '`randomUniform(key, shape, stream)`, `dropout(x, rate, key, stream)`',
  scan: '`scan(step, init, …)`, `cumulativeProduct(x)`, …',
  scatterAdd: '`segmentSum(values, codes, rows)`, `segmentMean(…)`',
  scatterAlong: 'derivative of `takeAlong`',
  sliceAxis: '`sliceAlong(x, axis, start, end)`, `splitAlong(x, count, axis)`',
  softmax: '`softmax(x)`, `maskedSoftmax(x, mask)`',
  sum: '`.sum()`, `.sum(axis)`, `.mean()`, `.mean(axis)`',
  symmetricEigen: '`eigenSymmetric(a)`',
};

const operatorSymbols: Partial<Record<OperationName, string>> = {
  add: 'a + b',
  sub: 'a - b',
  mul: 'a * b',
  div: 'a / b',
  mod: 'a % b',
  pow: 'a ** b',
  neg: '-a',
  lt: 'a < b',
  le: 'a <= b',
  gt: 'a > b',
  ge: 'a >= b',
  eq: 'a === b',
  ne: 'a !== b',
};

function callOf(name: OperationName): string {
  if (calls[name] !== undefined) return calls[name];
  const symbol = operatorSymbols[name];
  if (name in Expression.prototype) return `\`.${name}(…)\`${symbol ? `, \`${symbol}\`` : ''}`;
  return name in program ? `\`${name}(…)\`` : 'inside other operations';
}

function derivativeOf(name: OperationName): string {
  if (operationOf(name).derivative === 'constant') return '0';
  return /its own derivative is not there/.test(operationOf(name).documentation) ? 'none' : 'yes';
}

function table(names: readonly OperationName[]): string {
  const rows = names.map((name) => {
    const { documentation, arity } = operationOf(name);
    const inputs = Number.isFinite(arity) ? `${arity}` : 'a list';
    return `| \`${name}\` | ${callOf(name)} | ${inputs} | ${documentation.replaceAll('|', '\\|')} | ${derivativeOf(name)} |`;
  });
  return ['| operation | called as | inputs | computes | derivative |', '|---|---|---|---|---|', ...rows].join('\n');
}

/** The whole document. */
export function operationsDocument(): string {
  const names = Object.keys(operations).sort() as OperationName[];
  const elementwise = names.filter((name) => operationOf(name).elementwise !== undefined);
  const others = names.filter((name) => operationOf(name).elementwise === undefined);
  return `# Operations

What a traced expression can be made of: every entry of the compute core's registry
(\`kernel/src/program/operations\`). Methods and functions broadcast as NumPy does. A derivative is again made of
operations, so it can be differentiated once more; 0 stands for what is flat wherever it is smooth.

This page is made from the registry by \`node tests/kernel/program/operations-table.ts > docs/operations.md\`; a test
holds it to that.

## Element by element (${elementwise.length})

${table(elementwise)}

## Arrays (${others.length})

${table(others)}
`;
}

if (argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(operationsDocument());
