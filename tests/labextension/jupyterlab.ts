/**
 * A real JupyterLab, or Notebook 7, for browser tests: on a free port, with every folder it writes to in one temporary
 * folder, stopped with all its kernels when the test is done.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { frontEndsPython } from '../../scripts/lib/front-ends.mjs';
import { root, venv } from '../../scripts/lib/paths.mjs';

const token = 'for-this-test-alone';

export interface LabOptions {
  /** Notebooks (or other files) to copy into the server's folder. */
  readonly files?: readonly string[];
  /** Our extension: the one just built, the one installed in the environment, or none. */
  readonly extension: 'built' | 'installed' | 'none';
  /** Which program: JupyterLab, or Notebook 7 of the environment of the other front ends. */
  readonly program?: 'lab' | 'notebook';
  /** Keep all cells on the page, also those far from the view, which JupyterLab otherwise takes away. */
  readonly allCells?: boolean;
}

export interface Lab {
  /** Address of a file of the server's folder, opened in a workspace of its own. */
  address(file: string): string;
  /** The server's folder. */
  readonly folder: string;
  /** All that the server and its kernels have written to stdout and stderr. */
  log(): string;
  /** Sign a notebook, as a reader does who says that it can be trusted. */
  trust(file: string): void;
  stop(): Promise<void>;
}

/** Start JupyterLab and wait until it answers. @throws with its log when it does not within a minute */
export async function startLab({ files = [], extension, program = 'lab', allCells = false }: LabOptions): Promise<Lab> {
  const home = mkdtempSync(join(tmpdir(), 'estimand-lab-'));
  const folder = join(home, 'notebooks');
  mkdirSync(folder);
  for (const file of files) cpSync(file, join(folder, basename(file)), { recursive: true });
  const env = environment(home, extension, allCells);
  const lab = program === 'lab';
  if (!lab) {
    // The environment of the other front ends has neither our extension nor our kernel: both are here.
    env.JUPYTER_PATH = [env.JUPYTER_PATH, join(venv, 'share', 'jupyter')].join(delimiter);
    env.JUPYTER_CONFIG_PATH = join(venv, 'etc', 'jupyter');
  }
  const python = lab ? 'python' : frontEndsPython;
  const server = spawn(python, serverArguments(folder, lab), { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stopped = new Promise<void>((resolve) => server.once('close', () => resolve()));
  try {
    const log = keepLog(server);
    const port = await portOf(server, log);
    const base = `http://127.0.0.1:${port}`;
    return {
      folder,
      log,
      address: (file) =>
        `${base}/${lab ? `lab/workspaces/test-${Date.now()}/tree` : 'notebooks'}/${encodeURIComponent(file)}?token=${token}`,
      trust(file) {
        const { status, stderr } = spawnSync('python', ['-m', 'jupyter', 'trust', file], {
          cwd: folder,
          env,
          encoding: 'utf8',
        });
        if (status !== 0) throw new Error(`jupyter trust ${file}: ${stderr}`);
      },
      async stop() {
        server.kill('SIGTERM');
        const killer = setTimeout(() => server.kill('SIGKILL'), 15_000);
        await stopped;
        clearTimeout(killer);
        rmSync(home, { recursive: true, force: true, maxRetries: 5 });
      },
    };
  } catch (error) {
    server.kill('SIGKILL');
    await stopped;
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}

function serverArguments(folder: string, lab: boolean): string[] {
  return [
    ...[
      '-m',
      lab ? 'jupyterlab' : 'notebook',
      '--no-browser',
      '--ip=127.0.0.1',
      '--ServerApp.port=0',
      '--ServerApp.port_retries=50',
    ],
    ...[`--ServerApp.root_dir=${folder}`, `--IdentityProvider.token=${token}`, '--ServerApp.allow_root=True'],
    ...[`--${lab ? 'LabApp' : 'JupyterNotebookApp'}.expose_app_in_browser=True`, '--ServerApp.log_level=INFO'],
    '--LabApp.news_url=None',
  ];
}

/** Variables under which Jupyter writes nothing outside `home`. */
function environment(home: string, extension: LabOptions['extension'], allCells: boolean): NodeJS.ProcessEnv {
  const at = (name: string) => {
    const path = join(home, name);
    mkdirSync(path);
    return path;
  };
  const config = at('config');
  const labconfig = join(config, 'labconfig');
  mkdirSync(labconfig);
  const disabledExtensions = {
    '@jupyterlab/apputils-extension:announcements': true,
    '@jupyter/nbgrader': true, // asks its server what no test of ours has
    ...(extension === 'none' ? { '@estimand/labextension': true } : {}),
  };
  writeFileSync(join(labconfig, 'page_config.json'), JSON.stringify({ disabledExtensions }));
  const settings = at('settings');
  if (allCells) {
    const folder = join(settings, '@jupyterlab', 'notebook-extension');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'tracker.jupyterlab-settings'), JSON.stringify({ windowingMode: 'none' }));
  }
  const extra = at('extra');
  if (extension === 'built') {
    const built = join(root, 'labextension', 'dist');
    if (!existsSync(join(built, 'package.json')))
      throw new Error('labextension/dist is missing: run npm run build first');
    mkdirSync(join(extra, 'labextensions', '@estimand'), { recursive: true });
    symlinkSync(built, join(extra, 'labextensions', '@estimand', 'labextension'), 'junction');
  }
  return {
    ...process.env,
    JUPYTER_CONFIG_DIR: config,
    JUPYTER_DATA_DIR: at('data'),
    JUPYTER_RUNTIME_DIR: at('runtime'),
    JUPYTERLAB_WORKSPACES_DIR: at('workspaces'),
    JUPYTERLAB_SETTINGS_DIR: settings,
    IPYTHONDIR: at('ipython'),
    JUPYTER_PATH: [extra, process.env.JUPYTER_PATH].filter(Boolean).join(delimiter),
    PYTHONUNBUFFERED: '1',
  };
}

/** Read what the server writes, for as long as it runs. */
function keepLog(server: ChildProcess): () => string {
  let log = '';
  const read = (chunk: Buffer) => {
    log += chunk.toString();
  };
  server.stdout?.on('data', read);
  server.stderr?.on('data', read);
  return () => log;
}

/** The port the server's log names once it listens. */
function portOf(server: ChildProcess, log: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`JupyterLab ${why}; its log:\n${log().slice(-4000)}`));
    const timer = setTimeout(() => fail('did not start within a minute'), 60_000);
    const look = () => {
      const port = /http:\/\/127\.0\.0\.1:(\d+)\/(?:lab|tree)/.exec(log())?.[1];
      if (!port) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    server.stdout?.on('data', look);
    server.stderr?.on('data', look);
    server.once('error', (error) => fail(`could not be started (${error.message})`));
    server.once('close', (code) => {
      clearTimeout(timer);
      fail(`ended with code ${code}`);
    });
  });
}
