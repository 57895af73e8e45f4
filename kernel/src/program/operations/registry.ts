/**
 * The registry: every operation of the compute core, one entry each. What is not here does not exist.
 */
import { activation } from './activation.ts';
import { arithmetic } from './arithmetic.ts';
import { axes } from './axes.ts';
import { batchProduct } from './batch-product.ts';
import { bessel } from './bessel.ts';
import { causal } from './causal.ts';
import { choleskyOperations } from './cholesky.ts';
import { comparisons } from './comparison.ts';
import { convolutions } from './convolution.ts';
import { elementary } from './elementary.ts';
import { factorisations } from './factorisations.ts';
import { incomplete } from './incomplete.ts';
import { linear } from './linear.ts';
import { logProduct } from './log-product.ts';
import { productSums } from './matmul-add.ts';
import { odes } from './ode.ts';
import type { Operation } from './operation.ts';
import { ordering } from './ordering.ts';
import { pooling } from './pooling.ts';
import { random } from './random.ts';
import { reduction } from './reduction.ts';
import { scan } from './scan.ts';
import { shaping } from './shaping.ts';
import { softmaxes } from './softmax.ts';
import { squareOperations } from './square.ts';

export const operations = {
  ...arithmetic,
  ...elementary,
  ...bessel,
  ...incomplete,
  ...comparisons,
  ...reduction,
  ...logProduct,
  ...shaping,
  ...linear,
  ...choleskyOperations,
  ...factorisations,
  ...squareOperations,
  ...scan,
  ...activation,
  ...axes,
  ...batchProduct,
  ...productSums,
  ...softmaxes,
  ...causal,
  ...random,
  ...convolutions,
  ...pooling,
  ...odes,
  ...ordering,
} satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

/** The entry of this name. @throws Error for a name that no operation has (a damaged or newer program) */
export function operationOf(name: string): Operation {
  const operation = Object.hasOwn(operations, name) ? operations[name as OperationName] : undefined;
  if (operation === undefined) throw new Error(`unknown operation '${name}': this program was made by another version`);
  return operation;
}
