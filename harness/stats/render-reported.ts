import type { RawStat } from './sample.ts';

/** Everything one browser was seen to report. */
export interface Recording {
  /** `Chromium 156`. */
  browser: string;
  stats: Iterable<RawStat>;
}

const INTRO = `# stats

What browsers report, kept as they said it and made comparable in one place. Pure; \`delta.ts\` also runs in the page.

- \`sample.ts\` the values: \`StatsDelta\` (a line on disk), \`StatsSample\` (a whole report), \`MetricSample\`.
- \`delta.ts\` report → lossless delta (in the page) → report (here). After a lost line, only the next \`full\` one counts.
- \`normalise.ts\` report → selected pair, transport, streams with their codecs. All that is known of browsers' differences.

\`\`\`ts
for (const sample of assembleStats(lines)) normalise(sample).pair?.currentRoundTripTime; // seconds, or absent
\`\`\`

It never turns absent into 0, never renames a W3C field, never asks which browser it was.

## Known differences

- \`currentRoundTripTime\` 0 is no measurement: Firefox says it for seconds on end, Chromium for anything under 0.5 ms.
- Chromium nominates more than one pair: only \`transport.selectedCandidatePairId\` tells. Firefox also flags \`selected\`.
- Objects of one report have one timestamp in Chromium, nearly one in Firefox; \`remote-*\` have that of their RTCP report.
- \`tlsVersion\` is hexadecimal and counts down: \`FEFD\` is DTLS 1.2, \`FEFC\` DTLS 1.3.

## Who reports what

Seen in the recorded calls of test/fixtures/stats: audio and video both ways over loopback. What needs TURN, simulcast,
data channels or loss to show up may be missing here.
`;

/** The page in this folder, `README.md`, from the recordings. */
export function renderReported(recordings: readonly Recording[]): string {
  const browsers = [...new Set(recordings.map(({ browser }) => browser))].toSorted();
  const fields = collect(recordings);
  const sections = [...fields]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([type, seen]) => {
      const names = [...seen.keys()].toSorted((a, b) => a.localeCompare(b));
      const lines = groups(browsers).flatMap((group) => {
        const exact = names.filter((name) => sameMembers(seen.get(name)!, group));
        return exact.length
          ? [`- ${label(group, browsers)}: ${exact.map((name) => `\`${name}\``).join(' ')}`]
          : [];
      });
      return `### ${type}\n\n${lines.join('\n')}\n`;
    });
  return [INTRO, ...sections].join('\n');
}

/** type → field → browsers that reported it. */
function collect(recordings: readonly Recording[]): Map<string, Map<string, Set<string>>> {
  const types = new Map<string, Map<string, Set<string>>>();
  for (const { browser, stats } of recordings) {
    for (const { id: _id, type, timestamp: _timestamp, ...rest } of stats) {
      const fields = types.get(type) ?? new Map<string, Set<string>>();
      types.set(type, fields);
      for (const field of Object.keys(rest)) fields.set(field, (fields.get(field) ?? new Set()).add(browser));
    }
  }
  return types;
}

/** Every non-empty set of browsers, the largest first. */
function groups(browsers: readonly string[]): string[][] {
  const sets = browsers.reduce<string[][]>(
    (all, browser) => [...all, ...all.map((set) => [...set, browser])],
    [[]],
  );
  return sets.filter((set) => set.length > 0).toSorted((a, b) => b.length - a.length);
}

function sameMembers(seen: ReadonlySet<string>, group: readonly string[]): boolean {
  return seen.size === group.length && group.every((browser) => seen.has(browser));
}

function label(group: readonly string[], browsers: readonly string[]): string {
  if (group.length === browsers.length) return browsers.length === 2 ? 'both' : 'all';
  return `${group.join(', ')} only`;
}
