import { compareVersions } from '../versions/version-name.mjs';
import { FEATURE_PROBES } from './feature-probes.ts';
import { RECORDED_FEATURES, type RecordedBrowser } from './recorded-browser.ts';

/** The page of what each recorded browser can do: features, codecs, fake camera, statistics. */
export function renderFeatures(recorded: readonly RecordedBrowser[]): string {
  const browsers = recorded.toSorted(
    (a, b) => a.kind.localeCompare(b.kind) || compareVersions(a.version, b.version),
  );
  const heads = browsers.map(({ kind, version }) => `${kind} ${version.split('.', 1).join('')}`);
  const sections = [
    '## Features',
    table(['feature', ...heads], featureRows(browsers)),
    '## Codecs and camera',
    table(['what', ...heads], mediaRows(browsers)),
    '## Statistics',
    'How many fields each type has in a call of the browser with itself, and below it those that not all have.',
    table(['type', ...heads], statRows(browsers)),
  ];
  return `${[intro(), ...sections].join('\n\n')}\n`;
}

function intro(): string {
  const kinds = Object.values(FEATURE_PROBES).map(
    ({ example, summary, spec }) => `- \`${example}\`: the browser ${summary} ([spec](${spec}))`,
  );
  return `# features: what browsers can do

A scenario says what it needs, and each browser is asked before the call; nothing is looked up in a list, as builds of the same
version differ. A cell whose browser lacks something is \`unsupported\`, with what it lacks.

\`\`\`ts
defineScenario({ …, needs: ['codec:video/AV1'] });                     // of every role
defineScenario({ …, needs: { callee: ['encoded-transform'] } });       // by role; variants have their own \`needs\`
const has = await supports(caller, 'api:MediaDevices.getDisplayMedia'); // in a script
\`\`\`

${kinds.join('\n')}

What follows was recorded by \`npm run features\` (into \`recorded/\`) and is written by \`npm run docs\`. It is for reading: no code
looks at it.`;
}

function featureRows(browsers: readonly RecordedBrowser[]): string[][] {
  return RECORDED_FEATURES.map((feature) => [
    `\`${feature}\``,
    ...browsers.map(({ features }) => {
      const has = features[feature];
      return has === undefined ? 'not asked' : has ? 'yes' : 'no';
    }),
  ]);
}

function mediaRows(browsers: readonly RecordedBrowser[]): string[][] {
  const codecs = (which: 'sends' | 'receives', kind: string) => [
    `${which} ${kind}`,
    ...browsers.map((browser) => (browser[which][kind] ?? []).join(', ')),
  ];
  const camera = browsers.map(({ camera: { width, height, frameRate } }) =>
    width === undefined
      ? 'not told'
      : `${width}×${height}${frameRate === undefined ? '' : ` at ${frameRate}`}`,
  );
  return [
    codecs('sends', 'video'),
    codecs('receives', 'video'),
    codecs('sends', 'audio'),
    codecs('receives', 'audio'),
    ['fake camera, asked for 640×360 at 30', ...camera],
  ];
}

function statRows(browsers: readonly RecordedBrowser[]): string[][] {
  const types = [...new Set(browsers.flatMap(({ stats }) => Object.keys(stats)))].toSorted();
  return types.flatMap((type) => {
    const fieldsOf = ({ stats }: RecordedBrowser) => stats[type] ?? [];
    const all = [...new Set(browsers.flatMap(fieldsOf))].toSorted();
    const isIn = (field: string, browser: RecordedBrowser) => fieldsOf(browser).includes(field);
    const differing = all.filter((field) => !browsers.every((browser) => isIn(field, browser)));
    return [
      [`**${type}**`, ...browsers.map((browser) => String(fieldsOf(browser).length || 'none'))],
      ...differing.map((field) => [
        `\`${field}\``,
        ...browsers.map((browser) => (isIn(field, browser) ? 'yes' : 'no')),
      ]),
    ];
  });
}

function table(head: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
