import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { command, openLab, screenshot, startBrowser, waitForKernel, waitForPictures } from '../labextension/browser.ts';
import { type Lab, startLab } from '../labextension/jupyterlab.ts';
import { writeNotebook } from '../labextension/notebooks.ts';

const cells = [
  `import { model, normal, sample } from 'estimand';
const heights = model()
  .data({ y: [1, 2, 3] })
  .parameters({ mu: normal(0, 5), nu: normal(0, 1) })
  .observe(({ mu }) => ({ y: normal(mu, 1) }));
const posterior = await sample(heights, { chains: 2, draws: 500, warmup: 500, seed: 1 });
posterior`,
  "const greeting: string = ['hello', 2 ** 5].join(' '); // a comment\nconsole.log(greeting);",
  // What makes Node warn.
  "import url from 'node:url';\nprocess.emitWarning('on purpose');\n[new Buffer(1).length, url.parse('http://a/').host]",
];

// A real browser and real servers, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let browser: Browser;
const folder = mkdtempSync(join(tmpdir(), 'estimand-editors-'));
const file = join(folder, 'figure.ipynb');

beforeAll(async () => {
  writeNotebook(
    folder,
    'figure.ipynb',
    cells.map((source) => ({ source })),
    'typescript',
  );
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Notebook 7's own, also without our extension: its list of shortcuts hears of a plugin that is not loaded yet. */
const SHORTCUTS = /reading 'schema'/;

/** What no server logs: its own lines begin with their level and time, and go on indented. */
const strayLines = (log: string) => log.split('\n').filter((line) => line !== '' && !/^(\[|\s)/.test(line));

const stderr = '.jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]';

describe('Notebook 7', () => {
  it('runs cells, the extension draws the figure, TypeScript has its colours, and the console stays clean', async () => {
    const lab: Lab = await startLab({ files: [file], extension: 'installed', program: 'notebook', allCells: true });
    try {
      const { page, errors } = await openLab(browser, lab.address('figure.ipynb'));
      await waitForKernel(page);
      await command(page, 'notebook:run-all-cells');
      await waitForKernel(page);
      await waitForPictures(page);
      expect(await page.locator('.estimand-Figure').count()).toBe(1);
      await page.waitForSelector('.jp-RenderedText >> text=hello 32');
      expect(await page.locator(stderr).count()).toBe(0);
      const pieces = await page.locator('.jp-Cell >> nth=1 >> .cm-line span').allTextContents();
      expect(pieces).toEqual(expect.arrayContaining(['const', 'greeting', '// a comment']));
      const logo = page.locator('.jp-NotebookKernelLogo img');
      expect(await logo.getAttribute('src')).toMatch(/kernelspecs\/estimand\/logo/);
      await page.locator('.estimand-Figure').scrollIntoViewIfNeeded();
      await screenshot(page, '.jp-NotebookPanel', 'front-ends/notebook-7');
      expect(errors.filter((error) => !SHORTCUTS.test(error))).toEqual([]);
      expect(strayLines(lab.log())).toEqual([]);
      await page.context().close();
    } finally {
      await lab.stop();
    }
  });
});

describe("JupyterLab's code console", () => {
  it('runs what is typed, draws the figure, and keeps the console clean', async () => {
    const lab: Lab = await startLab({ files: [file], extension: 'installed', allCells: true });
    try {
      const { page, errors } = await openLab(browser, lab.address('figure.ipynb'));
      await waitForKernel(page);
      await command(page, 'console:create', { kernelPreference: { name: 'estimand', language: 'typescript' } });
      const prompt = page.locator('.jp-CodeConsole-promptCell .cm-content');
      await page.waitForSelector('.jp-CodeConsole-banner >> text=Estimand');
      for (const [i, source] of cells.entries()) {
        await prompt.click();
        await page.keyboard.insertText(source);
        await page.keyboard.press('Shift+Enter');
        await page.waitForSelector(`.jp-CodeConsole-content .jp-InputPrompt >> text=[${i + 1}]:`);
      }
      await page.waitForSelector('.jp-CodeConsole .jp-RenderedText >> text=hello 32');
      await waitForPictures(page);
      expect(await page.locator('.jp-CodeConsole .estimand-Figure').count()).toBe(1);
      expect(await page.locator(stderr).count()).toBe(0);
      const pieces = await page.locator('.jp-CodeConsole-content .cm-line span').allTextContents();
      expect(pieces).toEqual(expect.arrayContaining(['const', 'greeting', '// a comment']));
      await screenshot(page, '.jp-CodeConsole', 'front-ends/code-console');
      expect(errors).toEqual([]);
      expect(strayLines(lab.log())).toEqual([]);
      await page.context().close();
    } finally {
      await lab.stop();
    }
  });
});
