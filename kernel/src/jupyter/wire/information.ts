/**
 * What the kernel says of itself.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { protocolVersion } from './message.ts';

function versionOf(path: string): string {
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return version;
}

/** The content of a `kernel_info_reply`. */
export function kernelInformation(): Record<string, unknown> {
  const require = createRequire(import.meta.url);
  const version = versionOf(require.resolve('../../../package.json'));
  const typescript = versionOf(require.resolve('typescript/package.json'));
  return {
    status: 'ok',
    protocol_version: protocolVersion,
    implementation: 'estimand',
    implementation_version: version,
    language_info: {
      name: 'typescript',
      version: typescript,
      mimetype: 'application/typescript',
      file_extension: '.ts',
      pygments_lexer: 'typescript',
      codemirror_mode: 'typescript', // the name JupyterLab's editor knows it by; 'text/typescript' left cells without colours
      nbconvert_exporter: 'script',
    },
    banner: `Estimand ${version}: TypeScript ${typescript} on Node ${process.versions.node}`,
    help_links: [
      { text: 'TypeScript handbook', url: 'https://www.typescriptlang.org/docs/handbook/' },
      { text: 'Node.js', url: 'https://nodejs.org/api/' },
    ],
    debugger: false,
    supported_features: [],
  };
}
