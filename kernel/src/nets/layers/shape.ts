/**
 * Layers that change shapes alone.
 */
import type { Expr } from '../../program/index.ts';
import { formatShape, sizeOf } from '../../program/shape.ts';
import type { Layer } from '../types.ts';
import { defineLayer, requireWhole } from './layer.ts';

/**
 * One row an example, as torch.nn.Flatten: (batch, 16, 5, 5) → (batch, 400).
 *
 * @example sequential(conv2d(1, 6, 5), flatten(), linear(3456, 10));
 */
export function flatten(): Layer {
  return defineLayer({
    kind: 'flatten',
    apply: (scope, x: Expr): Expr => x.reshape(scope.batchSize, x.size / scope.batchSize),
  });
}

/**
 * Other sizes for each example; the batch stays. Elements keep their row-major order.
 *
 * @throws RangeError where the sizes do not hold as many elements
 * @example sequential(reshape(1, 8, 8), conv2d(1, 6, 3)); // (batch, 64) → (batch, 1, 8, 8)
 */
export function reshape(...sizes: number[]): Layer {
  sizes.forEach((size, i) => {
    requireWhole('reshape', `size ${i}`, size);
  });
  return defineLayer({
    kind: 'reshape',
    options: { sizes },
    apply(scope, x: Expr): Expr {
      const each = x.size / scope.batchSize;
      if (sizeOf(sizes) !== each) {
        throw new RangeError(
          `each example has ${each} elements (shape ${formatShape(x.shape.slice(1))}), and ${formatShape(sizes)} holds ${sizeOf(sizes)}`,
        );
      }
      return x.reshape(scope.batchSize, ...sizes);
    },
  });
}

/** What comes in. @example residual(identity()); */
export function identity(): Layer {
  return defineLayer({ kind: 'identity', apply: (_, x: Expr): Expr => x });
}
