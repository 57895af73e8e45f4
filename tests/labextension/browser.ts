/**
 * Chromium for the browser tests, and what they ask of a notebook in JupyterLab.
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/lib/chromium.mjs';

const screenshots = fileURLToPath(new URL('../screenshots/', import.meta.url));

export function startBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('no Chromium found: install one, or set CHROMIUM to its path');
  const quiet = [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...quiet] });
}

/** A page and the errors its console has shown. */
export interface Watched {
  readonly page: Page;
  /** Messages of level error, and exceptions nobody caught. */
  readonly errors: readonly string[];
}

/** Open an address in a fresh browser profile and wait until JupyterLab has restored itself. */
export async function openLab(browser: Browser, address: string): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 1400 }, deviceScaleFactor: 1 });
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => errors.push(String(error.stack ?? error)));
  await page.goto(address);
  await page.waitForFunction(() => 'jupyterapp' in globalThis);
  await page.evaluate(() => (globalThis as unknown as { jupyterapp: { restored: Promise<void> } }).jupyterapp.restored);
  await page.waitForSelector('.jp-Notebook .jp-Cell');
  await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  return { page, errors };
}

/** Wait until the notebook's kernel is there and idle: a cell that is run before makes JupyterLab ask which kernel. */
export async function waitForKernel(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const { jupyterapp } = globalThis as unknown as {
      jupyterapp: {
        shell: { currentWidget: { sessionContext: { session: { kernel: { status: string } | null } | null } } };
      };
    };
    return jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle';
  });
}

/** Whether JupyterLab trusts the notebook's outputs. */
export function isTrusted(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const { jupyterapp } = globalThis as unknown as {
      jupyterapp: { shell: { currentWidget: { content: { widgets: { model: { trusted: boolean } }[] } } } };
    };
    return jupyterapp.shell.currentWidget.content.widgets.every(({ model }) => model.trusted);
  });
}

/** Run one of JupyterLab's commands. */
export async function command(
  page: Page,
  id: string,
  args: Readonly<Record<string, string | number | boolean | Readonly<Record<string, string>>>> = {},
): Promise<void> {
  await page.evaluate(
    ([id, args]) =>
      (
        globalThis as unknown as { jupyterapp: { commands: { execute(id: string, args: unknown): Promise<unknown> } } }
      ).jupyterapp.commands
        .execute(id, args)
        .then(() => undefined),
    [id, args] as const,
  );
}

/**
 * Change the theme and wait until its colours are there and JupyterLab has taken its splash screen away: it does that
 * 200 ms later, and a second change within them makes it take it away twice, which is an error in its console.
 */
export async function setTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await command(page, 'apputils:change-theme', { theme: theme === 'light' ? 'JupyterLab Light' : 'JupyterLab Dark' });
  await page.waitForFunction((light) => document.body.dataset.jpThemeLight === light, String(theme === 'light'));
  await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
}

/** Wait until at least this many figures are there, and all that can be seen are drawn in the theme's colours. */
export async function waitForPictures(page: Page, atLeast = 1): Promise<void> {
  await page.waitForFunction((atLeast) => {
    const theme = document.body.dataset.jpThemeLight === 'false' ? 'dark' : 'light';
    const shown = [...document.querySelectorAll<HTMLElement>('.estimand-Plot')].filter((plot) => plot.clientWidth > 0);
    return (
      document.querySelectorAll('.estimand-Figure').length >= atLeast &&
      shown.length > 0 &&
      shown.every((plot) => plot.dataset.drawn === theme)
    );
  }, atLeast);
}

/** Two frames, so that what was asked for in this one has been painted. */
export async function nextFrame(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );
}

/** Keep a picture of an element for a person to look at: tests/screenshots/NAME.png. */
export async function screenshot(page: Page, selector: string, name: string): Promise<void> {
  const path = join(screenshots, `${name}.png`);
  mkdirSync(dirname(path), { recursive: true });
  await nextFrame(page);
  await page.locator(selector).first().screenshot({ path });
}
