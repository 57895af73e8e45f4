import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { comparisonFigure } from '#kernel/figure/comparison';
import { landscapeFigure } from '#kernel/figure/landscape';
import { posteriorFigure } from '#kernel/figure/posterior';
import { mimeTypes } from '#kernel/figure/types';
import { sampleComparison, sampleLandscape, samplePosterior } from '../kernel/figure/sample.ts';
import {
  command,
  isTrusted,
  nextFrame,
  openLab,
  screenshot,
  setTheme,
  startBrowser,
  type Watched,
  waitForKernel,
  waitForPictures,
} from './browser.ts';
import { type Lab, startLab } from './jupyterlab.ts';
import { writeNotebook } from './notebooks.ts';

const fixture = fileURLToPath(new URL('fixtures/figures-v1.ipynb', import.meta.url));
const kinds = ['posterior', 'landscape', 'comparison'] as const;

// A real browser and a real server, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let browser: Browser;
let lab: Lab;
let open: Watched | undefined;

beforeAll(async () => {
  [browser, lab] = await Promise.all([
    startBrowser(),
    startLab({ files: [fixture], extension: 'built', allCells: true }),
  ]);
});
afterEach(async () => {
  await open?.page.context().close();
  open = undefined;
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

async function show(notebook: string, server = lab): Promise<Page> {
  open = await openLab(browser, server.address(notebook));
  return open.page;
}

const cell = (page: Page, index: number) => page.locator('.jp-Cell').nth(index);
const figure = (page: Page, index = 0) => page.locator('.estimand-Figure').nth(index);

describe('a notebook with saved figures of version 1', () => {
  it('is not trusted when it comes from elsewhere, and draws all the same', async () => {
    const page = await show('figures-v1.ipynb');
    await waitForPictures(page, 3);
    expect(await isTrusted(page)).toBe(false);
    expect(await page.locator('.estimand-Figure').count()).toBe(3);
    expect(await page.locator('.jp-RenderedImage').count()).toBe(0);
    for (const [index, kind] of kinds.entries()) {
      await cell(page, index).scrollIntoViewIfNeeded();
      for (const theme of ['dark', 'light'] as const) {
        await setTheme(page, theme);
        await waitForPictures(page);
        await nextFrame(page);
        await screenshot(page, `.jp-Cell >> nth=${index}`, `figures/${kind}-${theme}`);
      }
    }
    expect(open?.errors).toEqual([]);
  });

  it('draws when it is trusted: curves, contours, intervals', async () => {
    lab.trust('figures-v1.ipynb');
    const page = await show('figures-v1.ipynb');
    await waitForPictures(page, 3);
    expect(await isTrusted(page)).toBe(true);
    expect(open?.errors).toEqual([]);
    expect(await figure(page, 0).locator('.scatterlayer .trace').count()).toBeGreaterThanOrEqual(16);
    expect(await figure(page, 1).locator('.contourlayer .contour').count()).toBe(1);
    expect(await figure(page, 1).locator('.annotation-text').allTextContents()).toEqual([
      '50 %',
      '80 %',
      '95 %',
      '99 %',
    ]);
    expect(await figure(page, 2).locator('.errorbar').count()).toBe(12);
  });
});

describe('without the extension', () => {
  it('the same notebook shows the pictures as PNG, trusted or not, at the size they were made for', async () => {
    const bare = await startLab({ files: [fixture], extension: 'none', allCells: true });
    try {
      const page = await show('figures-v1.ipynb', bare);
      await page.waitForSelector('.jp-RenderedImage img');
      const images = page.locator('.jp-RenderedImage img');
      expect(await images.count()).toBe(3);
      expect(await images.evaluateAll((all) => all.map((one) => one.getAttribute('width')))).toEqual([
        '900',
        '820',
        '820',
      ]);
      await screenshot(page, '.jp-Cell >> nth=0', 'figures/without-extension');
      expect(await page.locator('.estimand-Figure').count()).toBe(0);
    } finally {
      await open?.page.context().close();
      open = undefined;
      await bare.stop();
    }
  });
});

describe('the reader', () => {
  let reader: Watched;
  let page: Page;
  beforeAll(async () => {
    reader = await openLab(browser, lab.address('figures-v1.ipynb'));
    page = reader.page;
    await waitForPictures(page, 3);
  });
  afterAll(async () => {
    await page?.context().close();
    expect(reader?.errors).toEqual([]);
  });

  it('hears what each picture shows', async () => {
    const labels = await page
      .locator('[role="img"]:visible')
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
    expect(labels[0]).toMatch(/^Density of mu per chain: mean 4\.400, 90 % interval −?\S+ to \S+\.$/);
    expect(labels).toContainEqual(expect.stringMatching(/^Filled contours, alpha from/));
    expect(labels).toContainEqual(expect.stringMatching(/^sigma\. MLE: 100\.0, 70\.00 to 130\.0;/));
  });

  it('switches lines, estimates and draws of a landscape', async () => {
    const traces = () => figure(page, 1).locator('.scatterlayer .trace').count();
    const all = await traces();
    for (const [name, fewer] of [
      ['Level lines', 4],
      ['Estimates', 2],
      [/^.?.?Draws/, 1],
    ] as const) {
      const button = figure(page, 1).getByRole('button', { name });
      await button.click();
      await nextFrame(page);
      await page.waitForFunction(
        ([count]) =>
          document.querySelectorAll('.estimand-Figure')[1]!.querySelectorAll('.scatterlayer .trace').length === count,
        [all - fewer] as const,
      );
      await button.click();
      await nextFrame(page);
    }
  });

  it('moves through the tabs by keyboard, without moving through the notebook', async () => {
    const tab = (name: string) => figure(page).getByRole('tab', { name });
    await tab('Density').focus();
    for (const name of ['Trace', 'Ranks', 'Intervals', 'Table']) {
      await page.keyboard.press('ArrowRight');
      expect(await tab(name).getAttribute('aria-selected')).toBe('true');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(name);
      if (name !== 'Table') await waitForPictures(page);
      await screenshot(page, '.jp-Cell >> nth=0', `figures/posterior-${name.toLowerCase()}`);
    }
    expect(await figure(page).getByRole('columnheader', { name: 'R-hat' }).isVisible()).toBe(true);
    expect(await figure(page).getByRole('rowheader').allTextContents()).toContain('theta[7]');
    await page.keyboard.press('ArrowRight');
    expect(await tab('Density').getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('End');
    expect(await tab('Table').getAttribute('aria-selected')).toBe('true');
    expect(await figure(page).locator('.estimand-Tab[tabindex="0"]').count()).toBe(1);
    expect(await page.locator('.jp-Notebook .jp-Cell').count()).toBe(3);
    expect(await cell(page, 1).evaluate((node) => node.classList.contains('jp-mod-active'))).toBe(false);
  });

  it('chooses parameters by keyboard', async () => {
    await figure(page).getByRole('tab', { name: 'Density' }).click();
    await waitForPictures(page);
    const captions = () => figure(page).locator('figcaption:visible').allTextContents();
    expect(await captions()).toEqual(['mu', 'tau', 'theta[0]', 'theta[1]']);
    await figure(page).getByRole('button', { name: 'tau', exact: true }).focus();
    await page.keyboard.press('Space');
    await waitForPictures(page);
    expect(await captions()).toEqual(['mu', 'theta[0]', 'theta[1]']);
    await figure(page).getByRole('button', { name: 'None', exact: true }).press('Enter');
    expect(await captions()).toEqual([]);
    await figure(page).getByRole('button', { name: 'theta[5]' }).press('Enter');
    await waitForPictures(page);
    expect(await captions()).toEqual(['theta[5]']);
  });

  it('makes the window narrower, and the pictures follow', async () => {
    await page.setViewportSize({ width: 760, height: 900 });
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLElement>('.estimand-Plot')]
        .filter((plot) => plot.clientWidth > 0)
        .every((plot) => Math.abs((plot.querySelector('.main-svg')?.clientWidth ?? 0) - plot.clientWidth) <= 1),
    );
    for (const [index, kind] of kinds.entries())
      await screenshot(page, `.jp-Cell >> nth=${index}`, `figures/${kind}-narrow`);
  });
});

describe('labels', () => {
  const label = '<img src=x onerror="globalThis.broken=1"><b>β</b> $x^2$ %{x} &lt; <a href="javascript:1">a</a>';

  it('are text and never markup', async () => {
    const posterior = samplePosterior(2, 50, 1);
    const landscape = sampleLandscape(20);
    const marks = landscape.marks.map((mark) => ({ ...mark, label }));
    const rows = sampleComparison().rows.map((row) => ({
      ...row,
      label: `${label}${row.label}`,
      parameter: `${label}${row.parameter}`,
    }));
    const figures = [
      posteriorFigure({
        ...posterior,
        draws: { [label]: posterior.draws.mu!, tau: posterior.draws.tau! },
        warnings: [label],
      }),
      landscapeFigure({ ...landscape, marks, x: { ...landscape.x, name: label }, fixed: [{ name: label, value: 1 }] }),
      comparisonFigure({ level: 0.9, rows }),
    ];
    const outputs = figures.map((data) => ({ [mimeTypes[data.kind]]: data, 'text/plain': 'x' }));
    writeNotebook(
      lab.folder,
      'labels.ipynb',
      outputs.map((bundle) => ({ outputs: [bundle] })),
    );
    const page = await show('labels.ipynb');
    await waitForPictures(page, 3);
    const shown = page.locator('.estimand-Figure');
    expect(await shown.locator('img, a, b').count()).toBe(0);
    expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false);
    expect(await figure(page, 0).locator('figcaption').first().textContent()).toBe(label.slice(0, 80));
    expect(await figure(page, 1).locator('.xtitle').textContent()).toBe(label.slice(0, 80));
    await figure(page, 0).getByRole('tab', { name: 'Intervals' }).click();
    await waitForPictures(page);
    expect(await figure(page, 0).locator('.ytick text').first().textContent()).toBe(`${label.slice(0, 35)}…`);
    await screenshot(page, '.jp-Notebook', 'figures/labels');
    expect(open?.errors).toEqual([]);
  });
});

describe('data that is not a figure', () => {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const good = posteriorFigure(samplePosterior(2, 50, 1));
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

  const cases = [
    ['another version', { ...good, version: 2 }, 'version should be 1'],
    ['a missing field', { ...good, parameters: undefined }, 'parameters should be a list'],
    ['a wrong type', { ...good, title: 7 }, 'title should be text'],
    [
      'broken packing',
      {
        ...good,
        parameters: [
          {
            ...good.parameters[0],
            curves: {
              ...good.parameters[0]!.curves,
              trace: { points: 9, values: { type: 'u16', min: 0, max: 1, data: '!!' } },
            },
          },
        ],
      },
      'parameters[0].curves.trace.values should be base64',
    ],
    ['deep nesting', { ...good, extra: nested(50) }, 'nested too deeply'],
    ['text', 'hello', 'should be an object'],
    ['nothing', null, 'should be an object'],
  ] as const;

  it('is said so plainly, with the PNG where there is one and the text where there is none', async () => {
    const fallBacks = [{ 'image/png': png, 'text/plain': 'mu 4.4' }, { 'text/plain': 'mu 4.4' }];
    const cells = cases.map(([, data]) => ({
      outputs: fallBacks.map((rest) => ({ [mimeTypes.posterior]: data, ...rest })),
    }));
    writeNotebook(lab.folder, 'broken.ipynb', cells);
    const page = await show('broken.ipynb');
    await page.waitForFunction(
      (count) => document.querySelectorAll('.estimand-Problem').length === count,
      2 * cases.length,
    );
    for (const [i, [name, , message]] of cases.entries()) {
      expect(
        await figure(page, 2 * i)
          .locator('.estimand-Problem')
          .textContent(),
        name,
      ).toContain(message);
      expect(
        await figure(page, 2 * i)
          .locator('img')
          .getAttribute('alt'),
        name,
      ).toBe('mu 4.4');
      expect(
        await figure(page, 2 * i + 1)
          .locator('pre')
          .textContent(),
        name,
      ).toBe('mu 4.4');
    }
    expect(open?.errors).toEqual([]);
  });
});

describe('a figure that is updated while a cell runs', () => {
  it('keeps its widget, the tab and the parameters the reader chose', async () => {
    const first = { [mimeTypes.posterior]: posteriorFigure(samplePosterior(2, 50, 1)), 'text/plain': 'first' };
    const second = { [mimeTypes.posterior]: posteriorFigure(samplePosterior(3, 80, 1)), 'text/plain': 'second' };
    const bundle = (data: object) => `json.loads(${JSON.stringify(JSON.stringify(data))})`;
    writeNotebook(lab.folder, 'live.ipynb', [
      {
        source: `import json\nfrom IPython.display import display\nh = display(${bundle(first)}, raw=True, display_id=True)`,
      },
      { source: `h.update(${bundle(second)}, raw=True)` },
    ]);
    const page = await show('live.ipynb');
    await waitForKernel(page);
    await command(page, 'notebook:run-cell-and-select-next');
    await waitForPictures(page);
    await figure(page).getByRole('button', { name: 'tau', exact: true }).click();
    await figure(page).getByRole('tab', { name: 'Trace' }).click();
    await waitForPictures(page);
    const node = await page.$('.estimand-View');
    await command(page, 'notebook:move-cursor-down'); // a click into a figure has made its cell the active one
    await command(page, 'notebook:run-cell');
    await page.waitForFunction(() =>
      document.querySelector('.estimand-Subtitle')?.textContent?.startsWith('3 chains of 80 draws'),
    );
    await waitForPictures(page);
    expect(await node?.evaluate((kept) => kept.isConnected)).toBe(true);
    expect(await figure(page).getByRole('tab', { name: 'Trace' }).getAttribute('aria-selected')).toBe('true');
    expect(await figure(page).locator('figcaption:visible').allTextContents()).toEqual(['mu', 'theta']);
    expect(await figure(page).locator('.estimand-Legend li').count()).toBe(3);
    expect(open?.errors).toEqual([]);
  });
});

describe('plotly.js', () => {
  it('is not loaded before there is something to draw, and its chunk stays under 1.5 MB', async () => {
    writeNotebook(lab.folder, 'plain.ipynb', [{ source: '1 + 1' }]);
    const sizes: { url: string; size: Promise<number> }[] = [];
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      page.on('response', (response) => {
        if (!response.url().includes('@estimand/labextension')) return;
        sizes.push({ url: response.url(), size: response.body().then((body) => body.length) });
      });
      await page.goto(lab.address('plain.ipynb'));
      await page.waitForSelector('.jp-Notebook .jp-Cell');
      const before = await Promise.all(sizes.map(({ size }) => size));
      expect(before.length).toBeGreaterThan(0);
      expect(before.reduce((a, b) => a + b, 0)).toBeLessThan(150_000);
      await page.goto(lab.address('figures-v1.ipynb'));
      await waitForPictures(page);
      const all = await Promise.all(sizes.map(({ size }) => size));
      expect(Math.max(...all)).toBeGreaterThan(500_000);
      expect(Math.max(...all)).toBeLessThan(1_500_000);
    } finally {
      await context.close();
    }
  });
});
