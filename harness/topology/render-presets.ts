import { describeLink } from './describe.ts';
import { parseNetwork } from './parse.ts';
import { NATS, NETWORKS } from './presets.ts';
import type { NatName, NatSpec, NetworkName } from './spec.ts';

/** The tables of networks and of kinds of NAT, as Markdown; parts of `README.md` in this folder. */
export function renderPresets(): string {
  return [
    table(
      ['network', 'NAT', 'firewall', 'line', 'what it stands for'],
      Object.keys(NETWORKS).map(networkRow),
    ),
    table(['NAT', 'mapping', 'filtering'], Object.entries(NATS).map(natRow)),
  ].join('\n');
}

function networkRow(name: string): string[] {
  const { summary, nat = 'port-restricted', firewall = 'none' } = NETWORKS[name as NetworkName];
  const topology = parseNetwork({ peer: name }, { roles: ['peer'], path: name }, []);
  const link = topology?.sites[0]?.link;
  return [`\`${name}\``, nameNats(nat), firewall, (link && describeLink(link)) || 'not impaired', summary];
}

function nameNats(nat: NatName | NatSpec | readonly (NatName | NatSpec)[]): string {
  const list = (Array.isArray(nat) ? nat : [nat]) as readonly (NatName | NatSpec)[];
  return list
    .map((each) => (typeof each === 'string' ? each : `${each.mapping}, ${each.filtering}`))
    .join(' behind ');
}

function natRow([name, { mapping, filtering }]: [string, NatSpec]): string[] {
  return [`\`${name}\``, mapping, filtering];
}

/** Columns as wide as what is in them, as formatters have it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return `${[line(head), rule, ...rows.map(line)].join('\n')}\n`;
}
