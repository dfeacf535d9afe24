import type { LinkResult, NetworkResult } from '../../harness/result.ts';
import { plural } from '../figures.ts';
import { type Child, html, type Markup } from './markup.ts';
import { definitions } from './overview.ts';
import { dataTable, fold } from './parts.ts';

const MOST_LINES = 60;

/** The network a call had: where its peers were, its links as wanted and as measured, what changed, what TURN did. */
export function networkFold(network: NetworkResult): Markup {
  const { links, changes, captures } = network;
  const problems = [...links, ...changes].filter(({ problem }) => problem !== undefined).length;
  const amount = [
    network.level,
    links.length > 0 && plural(links.length, 'link direction'),
    changes.length > 0 && plural(changes.length, 'change'),
    network.allocations.length > 0 && plural(network.allocations.length, 'TURN allocation'),
    network.refusals.length > 0 && `${network.refusals.length} refused`,
    problems > 0 && plural(problems, 'problem'),
  ];
  return fold(
    'Network',
    amount.filter((part) => part !== false).join(', '),
    html`${definitions(facts(network))} ${links.length > 0 && linkTable(links)}
    ${
      changes.length > 0 &&
      html`<h5>What the script changed</h5>
        ${changeTable(network)}`
    }
    ${captures.length > 0 && html`<p class="plain">Packet captures: ${captures.map(captureLink)}</p>`}`,
    problems > 0,
  );
}

function facts({ level, backend, places, ice, allocations, refusals }: NetworkResult): [string, Child][] {
  const counted = new Map<string, number>();
  for (const { role, transport } of allocations) {
    const what = `${role} over ${transport}`;
    counted.set(what, (counted.get(what) ?? 0) + 1);
  }
  const allocated = [...counted].map(([what, count]) => (count === 1 ? what : `${what} ×${count}`));
  const refused = refusals.slice(0, MOST_LINES).map((refusal) => html`<li>${refusal}</li>`);
  return [
    ...Object.entries(places).map(([role, place]): [string, Child] => [`Place of ${role}`, place]),
    ['STUN and TURN', ice === '' ? 'none given' : ice],
    ['Level', backend === undefined ? level : `${level}, impaired by ${backend}`],
    ['TURN allocations', allocated.length > 0 ? allocated.join(', ') : 'none'],
    ...(refused.length > 0
      ? [
          [
            'Refused by TURN',
            html`<ul>
              ${refused}
            </ul>`,
          ] as [string, Child],
        ]
      : []),
  ];
}

function linkTable(links: readonly LinkResult[]): Markup {
  const rows = links
    .slice(0, MOST_LINES)
    .map((link): Child[] => [
      html`<code>${link.link}</code>`,
      link.direction,
      link.configured,
      link.measured,
      inEffect(link.problem),
    ]);
  return dataTable(
    'Links as configured and as measured',
    ['Link', 'Direction', 'Configured', 'Measured before the call', 'In effect'].map((title) => ({ title })),
    rows,
  );
}

function changeTable({ changes }: NetworkResult): Markup {
  const rows = changes
    .slice(0, MOST_LINES)
    .map((change): Child[] => [
      (change.atMs / 1000).toFixed(3),
      change.role,
      change.what,
      inEffect(change.problem),
    ]);
  const titles = ['Role', 'Change', 'In effect'].map((title) => ({ title }));
  return dataTable('Changes of the network', [{ title: 'At, s', figure: true }, ...titles], rows);
}

function inEffect(problem: string | undefined): Child {
  return problem === undefined
    ? 'yes'
    : html`<b class="never">no</b> <span class="problem">${problem}</span>`;
}

/** The report lies in the run's folder: only what is below it becomes a link. */
function captureLink(path: string): Markup {
  const parts = path.split('/');
  const below = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (!below) return html`<code>${path}</code> `;
  return html`<a href="./${parts.map(encodePart).join('/')}"><code>${path}</code></a> `;
}

/** Half a surrogate pair cannot be in a URL. */
function encodePart(part: string): string {
  return encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\ufffd'));
}
