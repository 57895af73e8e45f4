import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findChromium } from '../../scripts/lib/chromium.mjs';
import { dependencyClosure } from '../../scripts/lib/closure.mjs';
import { licenceList } from '../../scripts/lib/licences.mjs';
import { isInstalled } from '../../scripts/lib/node-modules.mjs';
import { root, stateFolder } from '../../scripts/lib/paths.mjs';
import { reason, runQuiet } from '../../scripts/lib/run.mjs';
import { cleanVariables, environmentVariables } from '../../scripts/lib/variables.mjs';

describe("npm's packages", () => {
  const locked = {
    packages: {
      '': {},
      kernel: { version: '0.1.0' },
      'node_modules/estimand': { link: true },
      'node_modules/a': { version: '1.0.0', integrity: 'x' },
      'node_modules/a-darwin': { version: '1.0.0', integrity: 'y', optional: true },
    },
  };
  const a = { version: '1.0.0', integrity: 'x' };

  it('are installed when the record agrees, whatever other platforms would need', () => {
    expect(isInstalled(locked, { packages: { 'node_modules/estimand': { link: true }, 'node_modules/a': a } })).toBe(
      true,
    );
  });

  it('are not when one is missing, another version, another content, or no longer wanted', () => {
    const link = { 'node_modules/estimand': { link: true } };
    expect(isInstalled(locked, { packages: link })).toBe(false);
    expect(isInstalled(locked, { packages: { ...link, 'node_modules/a': { ...a, version: '1.0.1' } } })).toBe(false);
    expect(isInstalled(locked, { packages: { ...link, 'node_modules/a': { ...a, integrity: 'z' } } })).toBe(false);
    expect(isInstalled(locked, { packages: { ...link, 'node_modules/a': a, 'node_modules/b': a } })).toBe(false);
  });

  it.each(['package-lock.json', 'scripts/tslab/package-lock.json'])(
    'come from a lock file that names no registry: %s',
    (path) => {
      expect(readFileSync(join(root, path), 'utf8')).not.toMatch(/"resolved": "https?:/);
    },
  );
});

describe('tslab', () => {
  const wanted = JSON.parse(readFileSync(join(root, 'scripts/tslab/package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };

  it('is of one version: the locked, the one whose interface is ours, and the one the documents name', () => {
    const version = wanted.dependencies.tslab!;
    const lock = JSON.parse(readFileSync(join(root, 'scripts/tslab/package-lock.json'), 'utf8')) as {
      packages: Record<string, { version: string; integrity: string }>;
    };
    expect(lock.packages['node_modules/tslab']).toMatchObject({
      version,
      integrity: expect.stringMatching(/^sha512-/),
    });
    for (const path of ['kernel/src/jupyter/tslab.ts', 'kernel/src/jupyter/tslab-engine/tslab.ts', 'docs/engines.md']) {
      const named = readFileSync(join(root, path), 'utf8').match(/(?<=tslab(?:@|: '| ))\d+\.\d+\.\d+/g);
      expect(new Set(named), path).toEqual(new Set([version]));
    }
  });

  it('is no package of the workspace, for its fork of TypeScript would take over `tsc`', () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: object };
    expect(Object.keys(packages).filter((path) => path.includes('tslab'))).toEqual([]);
  });
});

describe('a failed program', () => {
  it('is explained by a missing network, a full disk, or its last word on the error', () => {
    expect(reason('npm error code ENOTFOUND\nnpm error network request failed')).toBe('no network');
    expect(reason('Retrying ... Failed to establish a new connection: [Errno 111] Connection refused')).toBe(
      'no network',
    );
    expect(reason('OSError: [Errno 28] No space left on device')).toBe('the disk is full');
    expect(reason('start\nfatal error: x.h\n  at y\n')).toBe('fatal error: x.h');
    expect(reason('only this\n')).toBe('only this');
    expect(reason('')).toBeUndefined();
  });

  it('is told in one line, with the remedy and where its output is', async () => {
    const program = ['-e', 'console.error("error: it broke"); process.exit(3)'];
    const run = runQuiet(process.execPath, program, { log: 'test-of-failure', remedy: 'Mend it.' });
    await expect(run).rejects.toThrow(/^test-of-failure failed \(error: it broke\)\. Mend it\. Log: \.setup\S+\.log$/);
    rmSync(join(stateFolder, 'log', 'test-of-failure.log'));
  });

  it('is told when it could not be started at all', async () => {
    const run = runQuiet(join(root, 'no-such-program'), [], { log: 'test-of-absence', remedy: 'Install it.' });
    await expect(run).rejects.toThrow(/ENOENT.*Install it/);
    rmSync(join(stateFolder, 'log', 'test-of-absence.log'));
  });
});

describe('the variables of an inner program', () => {
  it('lose what npm added for the outer one and what bends Python, and keep the rest', () => {
    const before = process.env;
    process.env = {
      npm_config_ignore_scripts: 'true',
      npm_lifecycle_event: 'test',
      PYTHONPATH: '/elsewhere',
      npm_config_cafile: 'c',
      HOME: 'h',
    };
    const variables = cleanVariables();
    process.env = before;
    expect(variables).toEqual({ npm_config_cafile: 'c', HOME: 'h' });
  });

  it('send everything Jupyter writes into the repository', () => {
    const variables = environmentVariables();
    for (const name of ['CONFIG_DIR', 'DATA_DIR', 'RUNTIME_DIR']) {
      expect(variables[`JUPYTER_${name}`]).toContain(join(root, '.setup', 'jupyter'));
    }
    expect(variables.JUPYTERLAB_WORKSPACES_DIR).toContain(stateFolder);
    expect(variables.JUPYTERLAB_SETTINGS_DIR).toContain(stateFolder);
  });
});

describe('a browser', () => {
  it('is the one CHROMIUM names, else the first on the PATH', () => {
    const folder = mkdtempSync(join(tmpdir(), 'browsers '));
    mkdirSync(join(folder, 'b'));
    writeFileSync(join(folder, 'b', 'chromium'), '');
    const names = process.platform === 'linux' ? join(folder, 'b', 'chromium') : undefined;
    expect(findChromium({ CHROMIUM: '/opt/mine', PATH: '' })).toBe('/opt/mine');
    if (names) expect(findChromium({ PATH: `${folder}/a:${folder}/b` })).toBe(names);
    rmSync(folder, { recursive: true });
  });
});

describe('what the wheel bundles', () => {
  it('is listed with its licences in THIRD-PARTY-NOTICES (node scripts/licences.mjs)', () => {
    expect(readFileSync(join(root, 'THIRD-PARTY-NOTICES'), 'utf8')).toBe(licenceList());
  });

  it('has a licence everywhere', () => {
    for (const { name, license } of dependencyClosure('kernel')) expect(license, name).not.toBe('not stated');
  });

  it('holds what the dependencies themselves depend on', () => {
    const names = dependencyClosure('kernel').map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['zeromq', 'cmake-ts', 'undici-types', '@jridgewell/resolve-uri']));
    expect(names).not.toContain('vitest');
  });
});

describe('the Python packages', () => {
  const versions = (file: string) =>
    new Map(
      readFileSync(join(root, 'python', file), 'utf8')
        .split('\n')
        .filter((line) => /^[a-z]/.test(line))
        .map((line) => {
          const [, name = '', version = '', marker = ''] = /^([\w.-]+)==(\S+)(.*)$/.exec(line) ?? [];
          return [`${name}${marker}`, version] as const;
        }),
    );

  it('of the front ends are of the same version where the environment below has them', () => {
    const below = versions('requirements.lock.txt');
    const above = versions('front-ends.lock.txt');
    const both = [...above].filter(([name]) => below.has(name));
    expect(both.length).toBeGreaterThan(50);
    expect(both.filter(([name, version]) => below.get(name) !== version)).toEqual([]);
    for (const name of ['papermill', 'notebook', 'jupyter-console']) {
      expect(above.has(name), name).toBe(true);
      expect(below.has(name), `${name} is not for everyone's JupyterLab`).toBe(false);
    }
  });
});

describe('the versions', () => {
  it('are one for both packages and the workspace', () => {
    const version = (path: string) => JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')).version;
    expect([version('kernel'), version('labextension')]).toEqual([version('.'), version('.')]);
  });
});
