/**
 * The licences of what the wheel bundles: a list that is committed, and the whole texts that go into the wheel.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dependencyClosure, installedPackage } from './closure.mjs';
import { root } from './paths.mjs';

/**
 * Bundled into the extension's JavaScript although they stand in devDependencies. Which of plotly.js' own dependencies
 * a custom build takes in, only the bundler knows; it writes them to third-party-licenses.json.
 */
const BUNDLED_IN_EXTENSION = ['node_modules/plotly.js', 'node_modules/buffer'];

const HEAD = `Estimand is BSD-3-Clause (see LICENSE). Its Python wheel carries these npm packages, each under its own licence.
Their full texts are in the wheel's own THIRD-PARTY-NOTICES; what the extension's JavaScript bundles is listed, with
texts, in its static/third-party-licenses.json. The licences of data sets and fonts stand beside them.
This list is made by \`node scripts/licences.mjs\`; a test holds it to the installed packages.
`;

/** @returns {import('./closure.mjs').InstalledPackage[]} one entry for each name and version */
function bundledPackages() {
  const all = [...dependencyClosure('kernel'), ...BUNDLED_IN_EXTENSION.map(installedPackage)];
  const unique = new Map(all.map((found) => [`${found.name} ${found.version}`, found]));
  return [...unique.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
}

/** The committed list: name, version and licence of each package, one a line. */
export function licenceList() {
  const lines = bundledPackages().map(({ name, version, license }) => `${name} ${version}: ${license}`);
  return `${HEAD}\n${lines.join('\n')}\n`;
}

/** The texts of the licences, as the packages carry them. */
export function licenceTexts() {
  return bundledPackages()
    .map(({ name, version, license, path }) => {
      const folder = join(root, path);
      const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying|thirdpartynotice)/i.test(file));
      const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
      return `${'='.repeat(80)}\n${name} ${version} (${license})\n\n${texts.join('\n\n') || 'The package carries no licence file.'}\n`;
    })
    .join('\n');
}
