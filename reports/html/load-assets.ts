import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** The page's script (with uPlot in it) and style sheet, ready to be put between their tags. */
export interface ReportAssets {
  script: string;
  style: string;
}

let loaded: ReportAssets | undefined;

/**
 * Bundles what the page runs: the one thing in this room that reads files. Costs some tens of milliseconds the first
 * time and nothing after it. The synchronous build leaves no esbuild process behind.
 */
export function loadReportAssets(): ReportAssets {
  loaded ??= bundle();
  return loaded;
}

function bundle(): ReportAssets {
  const { outputFiles } = buildSync({
    entryPoints: ['page/main.ts', 'page/style/main.css'].map((path) =>
      fileURLToPath(new URL(path, import.meta.url)),
    ),
    bundle: true,
    minify: true,
    write: false,
    outdir: 'page',
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'inline',
    logLevel: 'silent',
  });
  const textOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text.trim() ?? '';
  return { script: textOf('.js'), style: textOf('.css') };
}
