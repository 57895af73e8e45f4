import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { command, openLab, screenshot, setTheme, startBrowser, waitForKernel, waitForPictures } from './browser.ts';
import { type Lab, startLab } from './jupyterlab.ts';

const folder = fileURLToPath(new URL('../../notebooks/', import.meta.url));
const notebooks = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));

/** What each notebook must draw, at least. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  '01-parameters-and-estimates.ipynb': ['posterior', 'comparison', 'landscape'],
  '02-eight-schools.ipynb': ['posterior', 'comparison', 'landscape'],
  '03-likelihood.ipynb': ['landscape'],
  '04-uncertainty.ipynb': ['comparison'],
  '05-priors-and-regularisation.ipynb': ['comparison'],
  '06-generalised-linear-models.ipynb': ['comparison'],
  '08-nuts.ipynb': ['posterior', 'landscape'],
  '09-parameters.ipynb': ['history'],
  '12-training-digits.ipynb': ['history'],
  '13-capacity.ipynb': ['history'],
};

// A real browser and a real server, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let browser: Browser;
let lab: Lab;

beforeAll(async () => {
  const files = readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .map((name) => join(folder, name));
  [browser, lab] = await Promise.all([startBrowser(), startLab({ files, extension: 'installed', allCells: true })]);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

/** Run every cell and wait for the last; a failed cell ends it too. */
async function runAll(page: Page): Promise<void> {
  await waitForKernel(page);
  await command(page, 'notebook:run-all-cells');
  await waitForKernel(page);
}

describe('the notebooks of the course', () => {
  it('are there', () => {
    expect(notebooks).toEqual(expect.arrayContaining(Object.keys(kinds)));
  });

  it.each(notebooks)(
    '%s: runs in JupyterLab, its figures draw in both themes, and the console stays clean',
    async (notebook) => {
      const { page, errors } = await openLab(browser, lab.address(notebook));
      try {
        await runAll(page);
        expect(
          await page.locator('.jp-RenderedText[data-mime-type="application/vnd.jupyter.error"]').allTextContents(),
        ).toEqual([]);
        expect(
          await page.locator('.jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]').allTextContents(),
        ).toEqual([]);
        const figures = page.locator('.estimand-Figure');
        const count = await figures.count();
        const drawn = await figures.evaluateAll((all) => all.map((one) => one.getAttribute('data-mime-type')));
        for (const kind of kinds[notebook] ?? []) expect(drawn).toContain(`application/vnd.estimand.${kind}.v1+json`);
        expect(count).toBeGreaterThanOrEqual(notebook in kinds ? 1 : 0);
        const name = notebook.replace('.ipynb', '');
        for (const theme of ['dark', 'light'] as const) {
          await setTheme(page, theme);
          for (let i = 0; i < count; i++) {
            await figures.nth(i).scrollIntoViewIfNeeded();
            await waitForPictures(page);
            await screenshot(page, `.estimand-Figure >> nth=${i}`, `${name}/${i}-${theme}`);
          }
        }
        expect(await page.locator('.estimand-Problem').allTextContents()).toEqual([]);
        expect(errors).toEqual([]);
      } finally {
        await page.context().close();
      }
    },
  );

  it('show their figures as pictures where the extension is not', async () => {
    const bare = await startLab({
      files: notebooks.map((name) => join(folder, name)),
      extension: 'none',
      allCells: true,
    });
    try {
      const { page, errors } = await openLab(browser, bare.address('01-parameters-and-estimates.ipynb'));
      await runAll(page);
      const pictures = page.locator('.jp-RenderedImage img');
      expect(await pictures.count()).toBeGreaterThanOrEqual(3);
      expect(await pictures.evaluateAll((all) => all.every((one) => Number(one.getAttribute('width')) >= 580))).toBe(
        true,
      );
      expect(await page.locator('.estimand-Figure').count()).toBe(0);
      expect(errors).toEqual([]);
      await page.context().close();
    } finally {
      await bare.stop();
    }
  });
});
