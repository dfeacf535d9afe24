import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Status } from '../../../harness/result.ts';
import { detailedCalls } from '../../../reports/detailed-calls.ts';
import { loadReportAssets } from '../../../reports/html/load-assets.ts';
import { renderHtml } from '../../../reports/html/render.ts';
import type { ReportInput } from '../../../reports/input.ts';
import { buildRun } from '../../fixtures/reports/run.ts';

const render = (input: ReportInput) => renderHtml(input, loadReportAssets());

describe('renderHtml()', () => {
  test('allows exactly its own script and style, and no network', () => {
    const page = render(buildRun());
    const { script, style } = loadReportAssets();
    const hash = (content: string) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1];
    expect(policy).toContain(`default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)};`);
    expect(page).toContain(`<script>${script}</script>`);
    expect(page).toContain(`<style>${style}</style>`);
  });

  test('has as many elements as without it if every text is hostile', () => {
    const tags = (page: string) =>
      page
        .replace(/<script>.*?<\/script>/s, '')
        .match(/<(script|img|h1|iframe|object|a) ?/g)
        ?.toSorted();
    const hostile = render(buildRun({ hostile: true }));
    expect(tags(hostile)).toEqual(tags(render(buildRun())));
    expect(hostile).not.toMatch(/ on[a-z]+="/);
  });

  test('leads every cell of the matrix to something that is there', () => {
    const page = render(buildRun());
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(targets.length).toBeGreaterThan(10);
    for (const id of targets) expect(page).toContain(`id="${id}"`);
  });

  test('says "not reported" beside a dash, and never 0, if a metric has no samples', () => {
    const page = render(buildRun());
    const row = /available_outgoing_bitrate_bps<\/code><\/th>.*?<\/tr>/s.exec(
      page.slice(page.indexOf('id="metrics"')),
    )?.[0];
    expect(row?.match(/title="not reported"/g)).toHaveLength(5);
  });

  test('shows a call from its verdict alone if its record is missing', () => {
    const page = render({ ...buildRun(), calls: [] });
    expect(page).toContain('The record of this call is not there');
    expect(page).toContain('007-firefox-chrome');
  });

  test('stays below 5 MB with a hundred calls of five minutes', () => {
    const statuses = Array.from({ length: 25 }, (): Status => 'passed');
    const cells = ['chrome', 'firefox'].flatMap((caller) =>
      ['chrome', 'firefox'].map((callee) => ({ caller, callee, statuses })),
    );
    expect(render(buildRun({ cells, seconds: 300 })).length).toBeLessThan(5_000_000);
  });

  test('lists calls that are too many to be shown, and stays below 5 MB with two thousand', () => {
    const statuses = Array.from({ length: 500 }, (_, index): Status =>
      index % 5 === 0 ? 'failed' : 'passed',
    );
    const cells = ['chrome', 'firefox'].flatMap((caller) =>
      ['chrome', 'firefox'].map((callee) => ({ caller, callee, statuses })),
    );
    const { result, calls } = buildRun({ cells, seconds: 5 });
    const shown = detailedCalls(result);
    const page = render({ result, calls: calls.filter(({ record }) => shown.has(record.id)) });
    expect(page.length).toBeLessThan(5_000_000);
    expect(page.match(/<details class="call"/g)).toHaveLength(shown.size);
    // Everyone is somewhere, and every link leads to it.
    for (const { id } of result.calls) expect(page).toContain(id);
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${id}"`);
    expect(page).not.toContain('The record of this call is not there');
  });

  test('renders a run in which nothing was run', () => {
    const { result } = buildRun({ cells: [] });
    expect(render({ result: { ...result, calls: [], thresholds: [], metrics: {} }, calls: [] })).toContain(
      '</html>',
    );
  });
});
