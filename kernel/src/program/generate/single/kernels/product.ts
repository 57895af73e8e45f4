/**
 * Products of matrices, one or many, from the tiles of `webassembly/matrix-product.ts`.
 */
import type { GraphNode } from '../../../node.ts';
import { type ProductLayout, productLayout } from '../../../operations/linear.ts';
import { isRow } from '../../../operations/matmul-add.ts';
import { sizeOf } from '../../../shape.ts';
import type { Shape } from '../../../types.ts';
import { I32 } from '../../webassembly/encoder.ts';
import { panelsSize, scratchSize, writeMatrixProduct, writePanels } from '../../webassembly/matrix-product.ts';
import { Code } from '../code.ts';
import { type KernelWriter, type Operand, pushAddress, type Site } from '../site.ts';

const single = { precision: 'single' } as const;

/** The function that multiplies, of three addresses and those of what is added. */
function productFunction(
  { module, scratch, fused }: Site,
  layout: ProductLayout,
  addends: readonly ('row' | 'matrix')[] = [],
  ready = false,
): number {
  const { m, k, n, left, right } = layout;
  return module.share(`product ${m} ${k} ${n} ${left} ${right} ${addends} ${ready}`, () => {
    const code = new Code(new Array<number>(3 + addends.length).fill(I32));
    writeMatrixProduct(code, { ...layout, ...single, fused, scratch, addends, ready });
    return code;
  });
}

/** The right matrix of a recurrence's product as panels, copied before the first step; undefined where nothing is gained. */
function panelsBefore({ module, before }: Site, layout: ProductLayout, right: Operand): Operand | undefined {
  const bytes = panelsSize({ ...layout, ...single });
  if (before === undefined || !right.fixed || bytes === 0) return undefined;
  const { k, n, right: strides } = layout;
  const address = before.take(`${right.address} ${k} ${n} ${strides}`, bytes, (scratch) => {
    const pack = new Code([I32]);
    writePanels(pack, { ...layout, ...single, fused: false, scratch });
    pushAddress(before.code, right);
    before.code.call(module.define(pack));
  });
  return { ...right, address };
}

function writeProduct(site: Site, addends: readonly ('row' | 'matrix')[]): void {
  const { code, node, inputs, output } = site;
  const [a, b, ...terms] = inputs;
  const layout = productLayout(a!.shape, b!.shape, node.attributes);
  const panels = panelsBefore(site, layout, b!);
  const product = productFunction(site, layout, addends, panels !== undefined);
  for (const operand of [a!, panels ?? b!, output, ...terms]) pushAddress(code, operand);
  code.call(product);
}

export const matmul: KernelWriter = {
  scratch: ({ attributes }, [a, b]) => scratchSize({ ...productLayout(a!, b!, attributes), ...single }),
  write: (site) => writeProduct(site, []),
};

export const matmulAdd: KernelWriter = {
  scratch: matmul.scratch!,
  write(site) {
    const [a, b, ...terms] = site.inputs;
    const { m, n } = productLayout(a!.shape, b!.shape, site.node.attributes);
    writeProduct(
      site,
      terms.map(({ shape }) => (m > 1 && isRow(shape, n) ? 'row' : 'matrix')),
    );
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
