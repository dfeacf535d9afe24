import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ENTRY = fileURLToPath(new URL('./agent/main.ts', import.meta.url));
let bundle: Promise<string> | undefined;

/** The agent as one script for the page. Bundled once for each process. */
export function agentScript(): Promise<string> {
  bundle ??= build({
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    format: 'iife',
    target: ['chrome107', 'firefox115', 'safari16.4'],
    charset: 'utf8',
    legalComments: 'none',
  }).then(({ outputFiles }) => outputFiles[0]!.text);
  return bundle;
}

export interface AgentPageOptions {
  script: string;
  /** Path of the control channel. */
  control: string;
  /** A person's page: says what is going on, and waits for a click. */
  manual: boolean;
  role: string;
}

/** The page a peer lives in. */
export function renderAgentPage({ script, control, manual, role }: AgentPageOptions): string {
  const config = JSON.stringify({ control, manual }).replaceAll('<', '\\u003c');
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
