import type { CallRecord, ConnectionRecord } from '../../harness/call-record.ts';
import { waterfall } from '../../harness/metrics/waterfall.ts';
import { formatFigure } from '../figures.ts';
import { type Child, html, type Markup } from './markup.ts';
import { absent, dataTable } from './parts.ts';

/** Every connection of a room, as each of its ends saw it: peers down, who is at the other end across. */
export function meshTable(record: CallRecord, roles: readonly string[]): Markup | undefined {
  const peers = roles.flatMap((role) => record.peers[role] ?? []);
  if (!peers.some(({ connections }) => connections)) return undefined;
  const rows = peers.map((peer): Child[] => [
    html`${peer.role} <span class="muted">${peer.browser}</span>`,
    ...peers.map((other) => (other === peer ? '' : connection(peer.connections?.[other.role]))),
  ]);
  const columns = ['Connected with', ...peers.map(({ role }) => role)].map((title) => ({ title }));
  return dataTable('Connections between the peers', columns, rows);
}

function connection(known: ConnectionRecord | undefined): Child {
  if (!known) return absent();
  const { marks, evidence } = known;
  const connectMs = waterfall(marks).find(({ metric }) => metric === 'connect_ms')?.value;
  const { selectedPair: pair, connectionState } = evidence;
  const time =
    connectMs === undefined ? (connectionState ?? 'never connected') : formatFigure(connectMs, 'ms');
  return html`<b>${time}</b
    >${pair && html`<br /><span class="muted">${pair.localType} → ${pair.remoteType}</span>`}`;
}
