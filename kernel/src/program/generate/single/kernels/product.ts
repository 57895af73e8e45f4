/**
 * Products of matrices, one or many, from the tiles of `webassembly/matrix-product.ts`.
 */
import type { GraphNode } from '../../../node.ts';
import { type ProductLayout, productLayout } from '../../../operations/linear.ts';
import { isRow } from '../../../operations/matmul-add.ts';
import { sizeOf } from '../../../shape.ts';
import type { Shape } from '../../../types.ts';
import { I32 } from '../../webassembly/encoder.ts';
import { scratchSize, writeMatrixProduct } from '../../webassembly/matrix-product.ts';
import { Code } from '../code.ts';
import { type KernelWriter, pushAddress, type Site } from '../site.ts';

const single = { precision: 'single' } as const;

/** The function that multiplies, of three addresses. */
function productFunction({ module, scratch, fused }: Site, layout: ProductLayout): number {
  const { m, k, n, left, right } = layout;
  return module.share(`product ${m} ${k} ${n} ${left} ${right}`, () => {
    const code = new Code([I32, I32, I32]);
    writeMatrixProduct(code, { ...layout, ...single, fused, scratch });
    return code;
  });
}

export const matmul: KernelWriter = {
  scratch: ({ attributes }, [a, b]) => scratchSize({ ...productLayout(a!, b!, attributes), ...single }),
  write(site) {
    const { code, node, inputs, output } = site;
    const [a, b] = inputs;
    const product = productFunction(site, productLayout(a!.shape, b!.shape, node.attributes));
    for (const operand of [a!, b!, output]) pushAddress(code, operand);
    code.call(product);
  },
};

export const matmulAdd: KernelWriter = {
  scratch: ({ attributes }, [a, b]) => scratchSize({ ...productLayout(a!, b!, attributes), ...single }),
  write(site) {
    const { module, code, node, inputs, output, fused, scratch } = site;
    const [a, b, ...terms] = inputs;
    const layout = productLayout(a!.shape, b!.shape, node.attributes);
    const { m, k, n, left, right } = layout;
    const addends = terms.map(({ shape }) => (m > 1 && isRow(shape, n) ? 'row' : 'matrix'));
    const product = module.share(`product ${m} ${k} ${n} ${left} ${right} ${addends}`, () => {
      const body = new Code(new Array<number>(3 + terms.length).fill(I32));
      writeMatrixProduct(body, { ...layout, ...single, fused, scratch, addends });
      return body;
    });
    for (const operand of [a!, b!, output, ...terms]) pushAddress(code, operand);
    code.call(product);
  },
};

/** The product of one pair of matrices of a batch. */
function pairLayout({ attributes }: GraphNode, [a, b]: readonly Shape[]): ProductLayout {
  return productLayout(a!.slice(-2), b!.slice(-2), attributes);
}

export const batchMatmul: KernelWriter = {
  scratch: (node, shapes) => scratchSize({ ...pairLayout(node, shapes), ...single }),
  write(site) {
    const { code, node, inputs, output } = site;
    const layout = pairLayout(
      node,
      inputs.map(({ shape }) => shape),
    );
    const { m, k, n } = layout;
    const product = productFunction(site, layout);
    const pointers = [...inputs, output].map(({ address }, i) => ({
      local: code.integerLocal(address),
      bytes: 4 * [m * k, k * n, m * n][i]!,
    }));
    code.repeat(sizeOf(output.shape.slice(0, -2)), () => {
      for (const { local } of pointers) code.get(local);
      code.call(product);
      for (const { local, bytes } of pointers) code.advance(local, bytes);
    });
  },
};
