import { describe, expect, test } from 'vitest';
import type { ComparisonRow } from '../../../harness/result.ts';
import { loadReportAssets } from '../../../reports/html/load-assets.ts';
import { renderHtml } from '../../../reports/html/render.ts';
import type { ReportInput } from '../../../reports/input.ts';
import { buildComparison } from '../../fixtures/reports/comparison.ts';
import { buildRun } from '../../fixtures/reports/run.ts';

const render = (input: ReportInput) => renderHtml(input, loadReportAssets());

/** The section as it is in the page, or nothing. */
const sectionOf = (page: string) => /<section id="comparison">.*?(?=<section id="matrix">)/s.exec(page)?.[0];

/** The section of a run whose rows were changed. */
const changed = (change: (row: ComparisonRow) => ComparisonRow) => {
  const input = buildComparison();
  const { comparison } = input.result;
  if (!comparison) throw new Error('expected a comparison');
  const result = { ...input.result, comparison: { ...comparison, rows: comparison.rows.map(change) } };
  return sectionOf(render({ result, calls: [] })) ?? '';
};

describe('the comparison of a report', () => {
  test('stands before the matrix and in the navigation', () => {
    const page = render(buildComparison());
    expect(sectionOf(page)).toContain('Comparison over all pairs');
    expect(page).toMatch(/<a href="#comparison"\s*>Comparison/);
  });

  test('is not there if the run compares nothing', () => {
    const page = render(buildRun());
    expect(sectionOf(page)).toBeUndefined();
    expect(page).not.toContain('href="#comparison"');
  });

  test('draws six charts and the waterfalls without a script, a line for each path', () => {
    const section = sectionOf(render(buildComparison())) ?? '';
    const plots = section.match(/<table class="waterfall plot">.*?<\/table>/gs) ?? [];
    expect(plots).toHaveLength(7);
    for (const plot of plots) expect(plot.match(/<th scope="row">/g)).toHaveLength(8);
    expect(section).not.toMatch(/<script|<canvas/);
  });

  test('has no number that is none', () => {
    for (const level of ['lab', 'loopback'] as const) {
      expect(sectionOf(render(buildComparison({ level })))).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  test('says "not tried" and why where a path could not be tried', () => {
    const section = sectionOf(render(buildComparison({ level: 'loopback' }))) ?? '';
    expect(section).toContain('Not on a better level: the lab needs CAP_NET_ADMIN');
    expect(section).toContain('needs the lab: namespaces with NATs and firewalls');
    expect(section).toContain('not tried');
    expect(section.match(/<table class="waterfall plot">.*?<\/table>/s)?.[0]).not.toContain('udp-blocked');
  });

  test('has dashes and no charts if nothing was measured', () => {
    const section = changed((row) => ({ ...row, metrics: {}, connected: 0, selectedPairs: {} }));
    expect(section).not.toContain('waterfall plot');
    expect(section).toContain('title="not reported"');
    expect(section).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('draws what a path saves to the left of 0', () => {
    const section = changed((row) => {
      const { relay_penalty_ms: added, ...metrics } = row.metrics;
      return {
        ...row,
        metrics: { ...metrics, ...(added && { relay_penalty_ms: { ...added, p50: -20, ci: [-31, -4] } }) },
      };
    });
    expect(section).toContain('class="saved"');
    expect(section).toContain('−31 to −4 ms');
    expect(section).not.toMatch(/width="-/);
  });

  test('says nothing of what is added if there is no baseline', () => {
    const input = buildComparison();
    const { axis, cases, rows } = input.result.comparison ?? { axis: '', cases: [], rows: [] };
    const bare = rows.map(({ metrics: { relay_penalty_ms: _, ...metrics }, ...row }) => ({
      ...row,
      metrics,
    }));
    const result = { ...input.result, comparison: { axis, cases, rows: bare } };
    const section = sectionOf(render({ result, calls: [] }));
    expect(section).not.toMatch(/Added|baseline|undefined/);
  });

  test('charts what scripts measured themselves', () => {
    const section = changed((row) => {
      const { connect_ms: time, ...metrics } = row.metrics;
      return { ...row, metrics: { ...metrics, ...(time && { recovery_ms: time }) } };
    });
    expect(section).toContain('Recovery, ms: single values, p50, p95');
  });

  test('has as many elements as without it if every text is hostile', () => {
    const tags = (page: string) =>
      page
        .replace(/<script>.*?<\/script>/s, '')
        .match(/<(script|img|h1|iframe|object|a) ?/g)
        ?.toSorted();
    for (const level of ['lab', 'loopback'] as const) {
      const hostile = render(buildComparison({ level, hostile: true }));
      expect(tags(hostile)).toEqual(tags(render(buildComparison({ level }))));
      expect(hostile).not.toMatch(/ on[a-z]+="/);
    }
  });
});

describe('the matrix of a run with variants', () => {
  test('leads every cell to something that is there, and names its variant', () => {
    const page = render(buildComparison());
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(targets.length).toBeGreaterThan(32);
    for (const id of targets) expect(page).toContain(`id="${id}"`);
    expect(page).toContain('aria-label="chrome → firefox, relay-tls: passed"');
  });

  test('says which way media took', () => {
    const page = render(buildComparison());
    expect(page.match(/<b class="route">direct<\/b>/g)).toHaveLength(8);
    expect(page.match(/<b class="route">relayed<\/b>/g)).toHaveLength(24);
  });
});
