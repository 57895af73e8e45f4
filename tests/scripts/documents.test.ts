import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/paths.mjs';

const read = (name: string) => readFileSync(join(root, name), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

const documents = readdirSync(join(root, 'docs')).map((name) => `docs/${name}`);

describe.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...documents])('%s', (document) => {
  const text = read(document);

  it('links to files that exist', () => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link]) => link!);
    const missing = links.filter((link) => !/^https?:/.test(link) && !existsSync(join(root, dirname(document), link)));
    expect(missing).toEqual([]);
  });

  it('names only commands that exist', () => {
    const commands = [...text.matchAll(/npm (?:run )?(start|test|(?<=run )[a-z]+)/g)].map(([, command]) => command!);
    expect(commands.filter((command) => !(command in scripts))).toEqual([]);
  });

  it('names only folders and files that exist', () => {
    const paths = [...text.matchAll(/`((?:kernel|labextension|tests|scripts|python|notebooks)\/[\w./-]*)`/g)];
    const missing = paths.map(([, path]) => path!).filter((path) => !existsSync(join(root, path)));
    expect(missing.filter((path) => !path.startsWith('python/dist'))).toEqual([]);
  });
});

describe('the pages of docs', () => {
  it('are each linked from the README or another page', () => {
    const texts = ['README.md', ...documents].map(read).join('\n');
    expect(documents.filter((path) => !texts.includes(`](${path})`) && !texts.includes(`](${path.slice(5)})`))).toEqual(
      [],
    );
  });
});

describe('the architecture', () => {
  it('has a line for every room', () => {
    const entries = readdirSync(join(root, 'kernel', 'src'), { withFileTypes: true });
    const rooms = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const text = read('ARCHITECTURE.md');
    expect(rooms.filter((room) => !text.includes(`| \`kernel/src/${room}\` |`))).toEqual([]);
  });
});

describe('the scripts', () => {
  it('that package.json names exist', () => {
    const files = Object.values(scripts).flatMap((command) => /^node (\S+)/.exec(command)?.[1] ?? []);
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('are named in the README, each command a person may want', () => {
    const text = read('README.md');
    for (const name of ['start', 'test', 'build', 'lint', 'format', 'bench', 'notebook', 'wheel']) {
      expect(text, name).toMatch(new RegExp(`npm (run )?${name}\\b`));
    }
  });
});
