/**
 * Notebooks for the browser tests, written to a server's folder.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SavedCell {
  readonly source?: string;
  /** Saved outputs: one MIME bundle each. */
  readonly outputs?: readonly Readonly<Record<string, unknown>>[];
}

/** Kernels of the environment: its Python, which every JupyterLab has, and ours. */
const kernels = {
  python: { display_name: 'Python 3', language: 'python', name: 'python3' },
  typescript: { display_name: 'TypeScript (Estimand)', language: 'typescript', name: 'estimand' },
} as const;

/** Write a notebook of code cells. */
export function writeNotebook(
  folder: string,
  name: string,
  cells: readonly SavedCell[],
  language: keyof typeof kernels = 'python',
): void {
  const notebook = {
    cells: cells.map(({ source = '', outputs = [] }, i) => ({
      cell_type: 'code',
      id: `cell-${i}`,
      execution_count: null,
      metadata: {},
      outputs: outputs.map((data) => ({ output_type: 'display_data', data, metadata: {} })),
      source,
    })),
    metadata: { kernelspec: kernels[language] },
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeFileSync(join(folder, name), JSON.stringify(notebook));
}
