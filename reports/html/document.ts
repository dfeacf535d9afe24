import { createHash } from 'node:crypto';
import type { ReportAssets } from './load-assets.ts';
import { type Child, html, Markup } from './markup.ts';

/**
 * One HTML file that needs nothing else: no network (its Content-Security-Policy forbids it), no files beside it.
 * Everything is there without JavaScript but the charts over time.
 */
export function htmlDocument({
  title,
  body,
  assets: { script, style },
}: {
  title: string;
  body: Child;
  assets: ReportAssets;
}): string {
  const policy = `default-src 'none'; script-src ${hashSource(script)}; style-src ${hashSource(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${inline('style', style)}
      </head>
      <body>
        ${body} ${inline('script', script)}
      </body>
    </html>`;
  return `${page.text}\n`;
}

/** Exactly what was hashed, with nothing around it. */
function inline(tag: 'script' | 'style', content: string): Markup {
  return new Markup(`<${tag}>${content}</${tag}>`);
}

function hashSource(content: string): string {
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
}
