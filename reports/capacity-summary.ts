import type { CapacityResult } from '../harness/capacity/capacity-result.ts';
import { levelColumns, levelsBySize, levelStatus } from './capacity.ts';
import { describeFleet } from './fleet.ts';
import { table, text } from './markdown.ts';
import { STATUS_MARKS } from './status-marks.ts';

/** Markdown of a capacity search, for a pull request or a CI job's summary. */
export function renderCapacitySummary(result: CapacityResult): string {
  const { scenario, status, headline, fleet, environment } = result;
  const columns = levelColumns(result);
  const rows = levelsBySize(result).map((level) => [
    STATUS_MARKS[levelStatus(level)],
    ...columns.map((column) => text(column.of(level))),
  ]);
  const parts = [
    `## ${STATUS_MARKS[status]} ${text(scenario.name)}: how many calls hold`,
    `**${text(headline)}**`,
    table([['', ...columns.map(({ head }) => text(head))], ...rows]),
    fleet ? text(describeFleet(fleet)) : '',
    `<sub>${text(environment.os)}, ${environment.cpus} cores (${text(environment.cpuModel)}), Node ${environment.node}, ${environment.network} network · exit code ${result.exitCode}</sub>`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
