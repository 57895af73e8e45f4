/**
 * A browser for the tests: the one that is there, else one from apt or from Playwright.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Failure } from './failure.mjs';
import { root, stateFolder, windows } from './paths.mjs';
import { runQuiet } from './run.mjs';
import { cleanVariables } from './variables.mjs';

const mac = process.platform === 'darwin';
const playwrightFolder = join(stateFolder, 'browsers');

/**
 * Path of a Chromium-like browser: CHROMIUM, then the PATH, then where Chrome and Edge install, then ours.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function findChromium(env = process.env) {
  if (env.CHROMIUM) return env.CHROMIUM;
  const names = windows
    ? ['chrome.exe', 'msedge.exe']
    : ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
  const onPath = (env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...usualPlaces(env), ...playwrightPlaces()].find((path) => existsSync(path));
}

/** @param {NodeJS.ProcessEnv} env */
function usualPlaces(env) {
  if (mac) {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (app) => `/Applications/${app}.app/Contents/MacOS/${app}`,
    );
  }
  if (!windows) return [];
  return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].flatMap((folder) =>
    folder
      ? [join(folder, 'Google/Chrome/Application/chrome.exe'), join(folder, 'Microsoft/Edge/Application/msedge.exe')]
      : [],
  );
}

/** Playwright unpacks to `chromium-<revision>/chrome-<platform>/…`. */
function playwrightPlaces() {
  if (!existsSync(playwrightFolder)) return [];
  const testing = 'Google Chrome for Testing';
  const program = windows ? 'chrome.exe' : mac ? `${testing}.app/Contents/MacOS/${testing}` : 'chrome';
  return readdirSync(playwrightFolder)
    .filter((name) => name.startsWith('chromium-'))
    .flatMap((name) => {
      const folder = join(playwrightFolder, name);
      return readdirSync(folder).map((platform) => join(folder, platform, program));
    });
}

/** @type {import('./steps.mjs').Step} */
export const chromium = {
  name: 'Chromium',
  isDone: () => findChromium() !== undefined,
  work: async () => {
    const apt = aptCommand();
    if (apt) {
      const remedy = 'Install Chromium or Chrome by hand, or set CHROMIUM to its path.';
      const [command, ...prefix] = apt;
      const options = [...prefix, '-o', 'DPkg::Lock::Timeout=300', '-qq'];
      const env = { ...cleanVariables(), DEBIAN_FRONTEND: 'noninteractive' };
      await runQuiet(command, [...options, 'update'], { log: 'apt-update', remedy, env });
      const packages = ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'];
      await runQuiet(command, [...options, ...packages], { log: 'apt-install', remedy, env });
    } else {
      const cli = join(root, 'node_modules', 'playwright-core', 'cli.js');
      await runQuiet(process.execPath, [cli, 'install', 'chromium'], {
        log: 'playwright-chromium',
        remedy: 'Install Chrome, or set CHROMIUM to a Chromium or Chrome binary.',
        env: { ...cleanVariables(), PLAYWRIGHT_BROWSERS_PATH: playwrightFolder },
      });
    }
    if (!findChromium()) {
      throw new Failure('No Chromium after its installation.', 'Set CHROMIUM to a Chromium or Chrome binary.');
    }
  },
};

/**
 * apt-get, where we may use it without asking anyone for a password.
 * @returns {[string, ...string[]] | undefined}
 */
function aptCommand() {
  const apt = '/usr/bin/apt-get';
  if (process.platform !== 'linux' || !existsSync(apt)) return undefined;
  if (process.getuid?.() === 0) return [apt];
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n', apt] : undefined;
}
