import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { command, openLab, screenshot, startBrowser, waitForKernel } from './browser.ts';
import { type Lab, startLab } from './jupyterlab.ts';
import { writeNotebook } from './notebooks.ts';

const cells = [
  `import { button, checkbox, hbox, htmlLabel, integerSlider, interact, select, slider, textInput, vbox } from 'estimand';
interact(({ mean, squared }) => {
  console.log('mean is', mean);
  if (mean > 2.5) throw new RangeError('too far to the right');
  return squared ? mean ** 2 : mean;
}, { mean: slider(-3, 3, { value: 0, step: 0.5 }), squared: checkbox() });`,
  `const note = htmlLabel('<b>not pressed</b>');
const go = button('Draw again', () => { note.value = \`<b>pressed with \${draws.value} \${kind.value} \${title.value}</b>\`; console.log('a press'); }, { look: 'primary' });
const draws = integerSlider(1, 10, { description: 'draws' });
const kind = select(['small', 'large'], { description: 'kind' });
const title = textInput('dice', { description: 'title' });
vbox([hbox([draws, kind, title]), go, note])`,
];

// A real browser and a real server, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let browser: Browser;
let lab: Lab;
const folder = mkdtempSync(join(tmpdir(), 'estimand-widgets-'));

beforeAll(async () => {
  const file = join(folder, 'widgets.ipynb');
  writeNotebook(
    folder,
    'widgets.ipynb',
    cells.map((source) => ({ source })),
    'typescript',
  );
  [browser, lab] = await Promise.all([
    startBrowser(),
    startLab({ files: [file], extension: 'installed', allCells: true }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('widgets in JupyterLab', () => {
  it('a slider moves and the output follows; a button runs its handler', async () => {
    const { page, errors } = await openLab(browser, lab.address('widgets.ipynb'));
    await waitForKernel(page);
    await command(page, 'notebook:run-all-cells');

    const output = page.locator('.widget-output');
    const says = (text: string | RegExp) => output.filter({ hasText: text }).waitFor();
    await says('mean is 0');
    const handle = page.locator('.widget-slider .noUi-handle').first();
    await handle.press('ArrowRight');
    await says('mean is 0.5');
    for (let i = 0; i < 3; i++) await handle.press('ArrowRight');
    await says('mean is 2');
    await page.locator('.widget-checkbox input').check();
    await says(/mean is 2\s*4/);
    await screenshot(page, '.jp-Notebook', 'widgets/moved');

    // By the mouse, all the way to the right: an error in place, and back.
    const track = (await page.locator('.widget-slider .noUi-connects').first().boundingBox())!;
    const middle = track.y + track.height / 2;
    await handle.hover();
    await page.mouse.down();
    await page.mouse.move(track.x + track.width, middle, { steps: 20 });
    await page.mouse.up();
    await says('RangeError: too far to the right');
    await screenshot(page, '.jp-Notebook', 'widgets/error');
    await handle.press('Home');
    await says(/mean is -3\s*9/);
    expect(await output.filter({ hasText: 'RangeError' }).count()).toBe(0);

    await page.locator('.widget-dropdown select').selectOption('large');
    await page.locator('.widget-text input').fill('coins');
    await page.locator('button.jupyter-button').click();
    await page.locator('.widget-html', { hasText: 'pressed with 6 large coins' }).waitFor();
    // What a handler prints appears below the cell that made it.
    await page.locator('.jp-Cell').nth(1).locator('.jp-OutputArea-output', { hasText: 'a press' }).waitFor();
    await screenshot(page, '.jp-Notebook', 'widgets/pressed');
    expect(errors).toEqual([]);
    await page.context().close();
  });
});
