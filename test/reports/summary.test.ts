import { describe, expect, test } from 'vitest';
import { renderSummary } from '../../reports/summary.ts';
import { buildComparison } from '../fixtures/reports/comparison.ts';
import { ALL_PASSED, buildRun } from '../fixtures/reports/run.ts';

describe('renderSummary()', () => {
  test('opens with the verdict and its sentence', () => {
    const lines = renderSummary(buildRun({ cells: ALL_PASSED }).result).split('\n');
    expect(lines[0]).toBe('## ✓ p2p-call: passed');
    expect(lines[2]).toBe('**All 4 calls of 4 cells connected, and every threshold held.**');
  });

  test('has the matrix and the thresholds as tables', () => {
    const summary = renderSummary(buildRun().result);
    expect(summary).toContain('| caller ↓ callee → | chrome | firefox | opera |');
    expect(summary).toContain('| **firefox** | ✕ failed | ? inconclusive, 183 ms |  |');
    expect(summary).toContain('| ? rtt&#95;ms{pair:opera:chrome} | med&#60;50 | – | ms | 0 |');
  });

  test('tells every call that did not pass, the failed ones first, with evidence behind it', () => {
    const summary = renderSummary(buildRun().result);
    const told = [...summary.matchAll(/^. \*\*(\d{3}-[a-z-]+)\*\* /gmu)].map(([, id]) => id);
    expect(told).toEqual([
      '005-chrome-firefox',
      '007-firefox-chrome',
      '010-chrome-opera',
      '008-firefox-firefox',
      '009-opera-chrome',
    ]);
    expect(summary.match(/<summary>evidence/g)).toHaveLength(5);
  });

  test('has the same structure if every text is hostile', () => {
    const structure = (markdown: string) => ({
      tags: markdown.match(/<[a-z/!][^>]*>/gi),
      rows: markdown
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .map((line) => line.split('|').length),
      headings: markdown.split('\n').filter((line) => line.startsWith('#')).length,
    });
    const hostile = renderSummary(buildRun({ hostile: true }).result);
    expect(structure(hostile)).toEqual(structure(renderSummary(buildRun().result)));
  });

  test('mentions nobody and links nowhere outside of preformatted evidence if a page says so', () => {
    const hostile = renderSummary(buildRun({ hostile: true }).result).replace(/<pre>.*?<\/pre>/gs, '');
    expect(hostile).not.toMatch(/@everyone|\]\(|https?:\/\/|#1\b/);
  });

  test('fits a comment on a pull request if hundreds of calls broke', () => {
    const statuses = Array.from({ length: 300 }, () => 'failed' as const);
    const summary = renderSummary(
      buildRun({ cells: [{ caller: 'chrome', callee: 'firefox', statuses }], hostile: true }).result,
    );
    expect(summary.length).toBeLessThan(65_536);
    expect(summary).toContain('… and 280 more, in the report.');
  });
});

describe('renderSummary() of a comparison', () => {
  const rowsOf = (markdown: string) => markdown.split('\n').filter((line) => line.startsWith('|'));

  test('opens with a line for each path and what it adds', () => {
    const [head, , direct, , udp] = rowsOf(renderSummary(buildComparison().result));
    expect(head).toBe(
      '| path | connected | connect p50 (p95) | first frame | TURN allocate | RTT | loss | added vs direct (95 % CI) |',
    );
    expect(direct).toMatch(/^\| ✓ direct \| 20\/20 \| \d+ ms \(\d+ ms\) \| \d+ ms \| – \|.*\| baseline \|$/);
    expect(udp).toMatch(/^\| ✓ relay-udp \| 20\/20 \| .* \| \+\d+ ms \(\+\d+ to \+\d+ ms\) \|$/);
  });

  test('says which network it was, which gates failed, and which call broke', () => {
    const summary = renderSummary(buildComparison().result);
    expect(summary).toContain('Measured in the lab');
    const gates = rowsOf(summary).filter((row) => row.includes('path:'));
    expect(gates[0]).toContain('✕ relay&#95;penalty&#95;ms{path:relay-tls}');
    expect(summary).toContain('✕ **134-firefox-chrome-port-443-only**');
  });

  test('says of each variant and pair which way media took', () => {
    const rows = rowsOf(renderSummary(buildComparison().result));
    expect(rows).toContainEqual(
      expect.stringMatching(/^\| \*\*relay-tls\*\* \| ✓ passed, relayed, 5\/5, \d+ ms \|/),
    );
    expect(rows).toContainEqual(
      expect.stringMatching(/^\| \*\*srflx\*\* \| ✓ passed, direct, 5\/5, \d+ ms \|/),
    );
  });

  test('tells variants that could not be tried in one line, not call by call', () => {
    const summary = renderSummary(buildComparison({ level: 'loopback' }).result);
    expect(summary).toContain('Not tried: srflx, udp-blocked, port-443-only, symmetric.');
    expect(summary).not.toContain('### Calls that did not pass');
  });

  test('has the same structure if every text is hostile', () => {
    const structure = (markdown: string) => ({
      tags: markdown.match(/<[a-z/!][^>]*>/gi),
      rows: rowsOf(markdown).map((line) => line.split('|').length),
    });
    for (const level of ['lab', 'loopback'] as const) {
      const hostile = renderSummary(buildComparison({ level, hostile: true }).result);
      expect(structure(hostile)).toEqual(structure(renderSummary(buildComparison({ level }).result)));
    }
  });
});
