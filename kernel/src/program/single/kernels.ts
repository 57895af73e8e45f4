/**
 * Interpreter kernels in single precision, for operations whose intermediate values are rounded too. Every other
 * operation is its double precision kernel, the result rounded once.
 */
import { batchProductKernel } from '../operations/batch-product.ts';
import { causalProductKernel, causalSoftmaxKernel, causalSoftmaxSlopeKernel } from '../operations/causal.ts';
import { convolutionFilterKernel, convolutionInputKernel, convolutionKernel } from '../operations/convolution.ts';
import { elementwiseKernel } from '../operations/elementwise.ts';
import { productLayout } from '../operations/linear.ts';
import { matmulAddKernel } from '../operations/matmul-add.ts';
import type { Kernel, KernelContext } from '../operations/operation.ts';
import { averagePoolInputKernel, averagePoolKernel, maxPoolInputKernel } from '../operations/pooling.ts';
import { operationOf } from '../operations/registry.ts';
import { scatterKernel } from '../operations/shaping.ts';
import { logSoftmaxKernel, softmaxKernel } from '../operations/softmax.ts';
import { singleArithmetic } from './arithmetic.ts';
import { scalarOf } from './elementwise.ts';
import { sumKernel } from './reduction.ts';

type Make = (context: KernelContext) => Kernel;

const kernels: Readonly<Record<string, Make>> = {
  sum: sumKernel,
  matmul: ({ inputShapes, attributes }) => {
    const { m, k, n, left, right } = productLayout(inputShapes[0]!, inputShapes[1]!, attributes);
    return (output, [a, b]) => {
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let s = 0;
          for (let q = 0; q < k; q++) {
            const product = Math.fround(a![i * left[0] + q * left[1]]! * b![q * right[0] + j * right[1]]!);
            s = Math.fround(s + product);
          }
          output[i * n + j] = s;
        }
      }
    };
  },
  scatterAdd: (context) => scatterKernel(Math.fround, context),
  matmulAdd: (context) => matmulAddKernel(singleArithmetic, context),
  batchMatmul: (context) => batchProductKernel(singleArithmetic, context),
  softmax: (context) => softmaxKernel(singleArithmetic, context),
  causalMatmul: (context) => causalProductKernel(singleArithmetic, context),
  causalSoftmax: (context) => causalSoftmaxKernel(singleArithmetic, context),
  causalSoftmaxSlope: (context) => causalSoftmaxSlopeKernel(singleArithmetic, context),
  logSoftmax: (context) => logSoftmaxKernel(singleArithmetic, context),
  convolution: (context) => convolutionKernel(singleArithmetic, context),
  convolutionInput: (context) => convolutionInputKernel(singleArithmetic, context),
  convolutionFilter: (context) => convolutionFilterKernel(singleArithmetic, context),
  averagePool: (context) => averagePoolKernel(singleArithmetic, context),
  averagePoolInput: (context) => averagePoolInputKernel(singleArithmetic, context),
  maxPoolInput: (context) => maxPoolInputKernel(singleArithmetic, context),
  scan: (context) => operationOf('scan').kernel(context),
};

/** The interpreter's kernel of an operation in single precision, on numbers that are already rounded. */
export function kernelOf(operation: string, context: KernelContext): Kernel {
  const own = Object.hasOwn(kernels, operation) ? kernels[operation] : undefined;
  if (own) return own(context);
  const { elementwise, kernel } = operationOf(operation);
  if (elementwise) return elementwiseKernel(scalarOf(operation), context);
  const double = kernel(context);
  return (output, inputs) => {
    double(output, inputs);
    for (let i = 0; i < output.length; i++) output[i] = Math.fround(output[i]!);
  };
}
