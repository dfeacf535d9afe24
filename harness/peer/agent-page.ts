import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { PeerError, toError } from '../errors.ts';
import type { SignalingName } from '../../signaling-stub/protocol.ts';

const AGENT = fileURLToPath(new URL('./agent/', import.meta.url));
const API = fileURLToPath(new URL('../index.ts', import.meta.url));
const bundles = new Map<string, Promise<string>>();

/** The user's own signaling: the name of its transport, and the file of its adapter. */
export interface AdapterFile {
  name: string;
  file: string;
}

export interface AgentScriptOptions {
  /** What the page can reach signaling by. Default: `ws`. */
  signaling?: readonly SignalingName[];
  adapter?: AdapterFile | undefined;
}

/** The agent as one script for the page, with no more than it needs. Bundled once for each process. */
export function agentScript({ signaling = ['ws'], adapter }: AgentScriptOptions = {}): Promise<string> {
  const entry = entryOf(signaling, adapter);
  const known = bundles.get(entry);
  if (known) return known;
  const bundle = build({
    stdin: { contents: entry, resolveDir: AGENT, loader: 'ts', sourcefile: 'entry.ts' },
    bundle: true,
    write: false,
    format: 'iife',
    target: ['chrome107', 'firefox115', 'safari16.4'],
    charset: 'utf8',
    legalComments: 'none',
    plugins: [adapterApi],
    logLevel: 'silent',
  }).then(
    ({ outputFiles }) => outputFiles[0]!.text,
    (cause: unknown) => {
      bundles.delete(entry);
      throw adapter ? adapterError(adapter, cause) : cause;
    },
  );
  bundles.set(entry, bundle);
  return bundle;
}

function adapterError({ file }: AdapterFile, cause: unknown): PeerError {
  return new PeerError(`the signaling adapter cannot be built into a page: ${toError(cause).message}`, {
    code: 'SIGNALING_ADAPTER',
    hint: 'it runs in the page: it may import packages for browsers, and nothing of Node',
    details: { phase: 'signaling', file },
    cause,
  });
}

function entryOf(signaling: readonly SignalingName[], adapter: AdapterFile | undefined): string {
  const names = [...new Set(signaling)].toSorted();
  const imports = names.map(
    (name, index) => `import { open as open${index} } from './signaling/${name}.ts';`,
  );
  const entries = names.map((name, index) => `${JSON.stringify(name)}: open${index}`);
  if (adapter) {
    imports.push(`import { adapted } from './signaling/adapted.ts';`);
    imports.push(`import adapter from ${JSON.stringify(adapter.file)};`);
    entries.push(`${JSON.stringify(adapter.name)}: adapted(adapter)`);
  }
  const start = `import { startAgent } from './main.ts';`;
  return [start, ...imports, `startAgent({ ${entries.join(', ')} });`].join('\n');
}

/** In a page there is no more of Callrig than an adapter needs: `callrig`, or harness/index.ts by its path. */
const adapterApi: Plugin = {
  name: 'adapter-api',
  setup(builder) {
    const path = join(AGENT, 'signaling', 'define-signaling.ts');
    builder.onResolve({ filter: /^callrig$/ }, () => ({ path }));
    builder.onResolve({ filter: /index\.ts$/ }, ({ path: asked, resolveDir }) =>
      resolve(resolveDir, asked) === API ? { path } : undefined,
    );
  },
};

export interface AgentPageOptions {
  script: string;
  /** Path of the control channel. */
  control: string;
  /** A person's page: says what is going on, and waits for a click. */
  manual: boolean;
  /** Several peers live in it. Default: one. */
  shared?: boolean;
  role: string;
}

/** The page a peer lives in. */
export function renderAgentPage({ script, control, manual, shared = false, role }: AgentPageOptions): string {
  const config = JSON.stringify({ control, manual, ...(shared && { shared }) }).replaceAll('<', '\\u003c');
  const title = escapeHtml(`Callrig ${role}`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
${manual ? STYLE : ''}
<main>
${manual ? `<h1>${title}</h1><p id="status">This browser will be the ${escapeHtml(role)} of a test call.</p><p><button id="join">Join the call</button></p>` : ''}
<div id="remote"></div>
</main>
<script type="application/json" id="config">${config}</script>
<script>${script.replaceAll('</script', '<\\/script')}</script>
</html>
`;
}

const STYLE = `<style>
  :root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; }
  main { max-width: 40rem; margin: 10vh auto; padding: 0 1rem; }
  button { font: inherit; padding: .75em 1.5em; }
  video { width: 100%; border-radius: .5rem; }
</style>`;

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
