import { describe, expect, test } from 'vitest';
import { renderTable } from '../../../reports/terminal/table.ts';
import { buildComparison } from '../../fixtures/reports/comparison.ts';
import { buildRun } from '../../fixtures/reports/run.ts';

describe('renderTable()', () => {
  test('has a line per cell with its figures in both directions, and the verdict last', () => {
    const lines = renderTable(buildRun().result, {
      color: false,
      width: 100,
      report: 'runs/latest/report.html',
    }).split('\n');
    expect(lines[0]?.split(/\s{2,}/)).toEqual([
      '',
      'caller → callee',
      'passed',
      'connect',
      'first frame',
      'RTT',
      'loss → / ←',
      'fps → / ←',
    ]);
    expect(lines[2]?.split(/\s{2,}/)).toEqual([
      '✕',
      'chrome → firefox',
      '2/3',
      '183 ms',
      '402 ms',
      '0.7 ms',
      '0.04 % / 0 %',
      '20 / 29.8',
    ]);
    expect(lines.slice(-3)).toEqual([
      '✕ failed: firefox → chrome broke at DTLS; 5 of 10 calls passed.',
      '  report: runs/latest/report.html',
      '',
    ]);
  });

  test.for([120, 80, 60, 40])('fits a terminal of %d columns', (width) => {
    for (const line of renderTable(buildRun().result, { color: false, width }).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(width);
    }
  });

  test('leaves a dash if a figure was not reported', () => {
    const lines = renderTable(buildRun().result, { color: false, width: 100 }).split('\n');
    expect(lines[3]?.split(/\s{2,}/).slice(3)).toEqual(['–', '–', '–', '–', '–']);
  });

  test('says that a threshold had no samples', () => {
    expect(renderTable(buildRun().result, { color: false, width: 100 })).toContain(
      '? rtt_ms{pair:opera:chrome}: med<50, no samples',
    );
  });

  test('obeys no escape sequence from a page', () => {
    const table = renderTable(buildRun({ hostile: true }).result, { color: false, width: 100 });
    expect(table).not.toMatch(/(?!\n)\p{Cc}/u);
  });

  test('colours only if it is told to', () => {
    expect(renderTable(buildRun().result, { color: true, width: 100 })).toContain('\u001b[32m✓\u001b[39m');
  });
});

describe('renderTable() of a comparison', () => {
  test('has a line per path in place of cells, with a mark for each pair', () => {
    const lines = renderTable(buildComparison().result, { color: false, width: 140 }).split('\n');
    expect(lines[0]?.split(/\s{2,}/).slice(1, 6)).toEqual([
      'path',
      'pairs',
      'connected',
      'connect p50 (p95)',
      'added to direct (95 % CI)',
    ]);
    expect(lines[7]).toMatch(/^✕ {2}port-443-only {2}✓✓✕✓ +19\/20/);
    expect(lines.join('\n')).toContain(
      'Pairs, in this order: chrome → chrome, chrome → firefox, firefox → chrome, firefox → firefox.',
    );
    expect(lines.join('\n')).toContain('Measured in the lab');
  });

  test('says in one line what could not be tried', () => {
    const table = renderTable(buildComparison({ level: 'loopback' }).result, { color: false, width: 100 });
    expect(table).toContain('Not tried: srflx, udp-blocked, port-443-only, symmetric.');
    expect(table).not.toContain('021-chrome-chrome-srflx');
  });

  test.for([120, 80, 60, 40])('fits a terminal of %d columns', (width) => {
    for (const line of renderTable(buildComparison().result, { color: false, width }).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(width);
    }
  });

  test('obeys no escape sequence from a page', () => {
    const { result } = buildComparison({ level: 'loopback', hostile: true });
    expect(renderTable(result, { color: false, width: 100 })).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});
