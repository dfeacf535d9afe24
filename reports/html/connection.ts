import type { CallRecord, CandidateRecord, PeerRecord } from '../../harness/call-record.ts';
import { formatFigure, plural } from '../figures.ts';
import { type Child, html, type Markup } from './markup.ts';
import { absent, dataTable, fold, orAbsent } from './parts.ts';

const MOST_CANDIDATES = 80;

/** One fact of every peer, side by side. */
type Fact = readonly [name: string, value: (peer: PeerRecord) => Child];

const FACTS: readonly Fact[] = [
  ['Browser', (peer) => `${peer.browser}${peer.browserVersion ? ` ${peer.browserVersion}` : ''}`],
  ['Sent from', (peer) => orAbsent(peer.source && describeSource(peer.source))],
  ['Connection', ({ evidence }) => orAbsent(evidence.connectionState)],
  [
    'ICE',
    ({ evidence }) =>
      states(
        evidence.iceConnectionState,
        evidence.iceGatheringState && `gathering ${evidence.iceGatheringState}`,
      ),
  ],
  ['Selected pair', ({ evidence }) => selectedPair(evidence.selectedPair)],
  [
    'DTLS',
    ({ evidence }) => states(evidence.dtlsState, evidence.tlsVersion && `TLS version ${evidence.tlsVersion}`),
  ],
  ['DTLS cipher', ({ evidence }) => code(evidence.dtlsCipher)],
  ['SRTP cipher', ({ evidence }) => code(evidence.srtpCipher)],
  ['Audio codec', ({ evidence }) => code(evidence.audioCodec)],
  ['Video codec', ({ evidence }) => code(evidence.videoCodec)],
  ['Browser process', (peer) => processFigures(peer)],
];

/** What the peers agreed on and how they ended: states, the selected pair, encryption, codecs. */
export function connectionTable(record: CallRecord, roles: readonly string[]): Markup {
  const peers = roles.map((role) => record.peers[role]);
  const rows = FACTS.map(([name, value]): Child[] => [
    name,
    ...peers.map((peer) => (peer ? value(peer) : absent())),
  ]);
  return dataTable('Connection of both peers', [{ title: '' }, ...roles.map((title) => ({ title }))], rows);
}

/** The candidates a peer gathered and was told of, those of the selected pair marked. */
export function candidateFold(record: CallRecord, peer: PeerRecord): Markup | undefined {
  const { localCandidates, remoteCandidates, iceErrors, selectedPair: pair } = peer.evidence;
  const count = localCandidates.length + remoteCandidates.length;
  if (count + iceErrors.length === 0) return undefined;
  const row =
    (side: string, selected?: string) =>
    (candidate: CandidateRecord): Child[] => {
      const address = hostAndPort(candidate);
      return [
        html`${side}${selected !== undefined && address === selected && html` <b class="chosen">selected</b>`}`,
        html`<span class="type">${candidate.type}</span>`,
        `${candidate.protocol}${candidate.relayProtocol ? ` (relay over ${candidate.relayProtocol})` : ''}`,
        html`<code>${orAbsent(address)}</code>`,
        secondsInto(record, candidate.t - (peer.clock?.offsetMs ?? 0)),
        html`<code class="line">${candidate.candidate}</code>`,
      ];
    };
  const rows = [
    ...localCandidates.map(row('local', pair?.local)),
    ...remoteCandidates.map(row('remote', pair?.remote)),
  ];
  const columns = [
    { title: 'Side' },
    { title: 'Type' },
    { title: 'Protocol' },
    { title: 'Address' },
    { title: 'At, s', figure: true as const },
    { title: 'Candidate' },
  ];
  return fold(
    `Candidates of ${peer.role}`,
    `${localCandidates.length} local, ${remoteCandidates.length} remote${iceErrors.length > 0 ? `, ${plural(iceErrors.length, 'error')}` : ''}`,
    html`${count > 0 && dataTable(`Candidates of ${peer.role}`, columns, rows.slice(0, MOST_CANDIDATES))}
    ${count > MOST_CANDIDATES && html`<p class="note">${count - MOST_CANDIDATES} more in call.json.</p>`}${iceErrorList(record, peer)}`,
  );
}

/** As the selected pair names its ends: an IPv6 address in brackets. `undefined` when the browser hides the address. */
function hostAndPort({ address, port }: CandidateRecord): string | undefined {
  if (address === undefined || address === '') return undefined;
  const host = address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
  return port === undefined ? host : `${host}:${port}`;
}

/** Seconds since the call's start with three decimals, of a time in the harness's clock. */
export function secondsInto(record: CallRecord, epochMs: number): string {
  return ((epochMs - record.startMs) / 1000).toFixed(3);
}

function iceErrorList(record: CallRecord, peer: PeerRecord): Markup | undefined {
  const { iceErrors } = peer.evidence;
  if (iceErrors.length === 0) return undefined;
  return html`<ul class="plain">
    ${iceErrors
      .slice(0, MOST_CANDIDATES)
      .map(
        (error) =>
          html`<li>
            <code>${secondsInto(record, error.t - (peer.clock?.offsetMs ?? 0))}</code> icecandidateerror
            ${error.errorCode} ${error.errorText} <code>${error.url}</code>
          </li>`,
      )}
  </ul>`;
}

function selectedPair(pair: PeerRecord['evidence']['selectedPair']): Child {
  if (!pair) return absent();
  return html`<b>${pair.localType}</b> → <b>${pair.remoteType}</b> over ${pair.protocol}<br /><code
      >${pair.local}</code
    >
    → <code>${pair.remote}</code>`;
}

function states(state: string | undefined, more: string | undefined): Child {
  return html`${orAbsent(state)}${more && html` <span class="muted">${more}</span>`}`;
}

function code(text: string | undefined): Child {
  return text === undefined ? absent() : html`<code>${text}</code>`;
}

function describeSource({ kind, width, height, frameRate }: NonNullable<PeerRecord['source']>): string {
  const size = width !== undefined && height !== undefined ? ` ${width}×${height}` : '';
  return `${kind}${size}${frameRate === undefined ? '' : ` at ${frameRate} fps`}`;
}

/** Of the last sample: what the browser's processes hold, and how many peers share that. */
function processFigures(peer: PeerRecord): Child {
  const last = peer.process.at(-1);
  if (!last) return orAbsent(peer.pid === undefined ? undefined : `pid ${peer.pid}`);
  const parts = [
    peer.pid !== undefined && `pid ${peer.pid}`,
    last.pssBytes !== undefined && `${formatFigure(last.pssBytes, 'bytes')} PSS`,
    last.cpuSeconds !== undefined && `${formatFigure(last.cpuSeconds, 'seconds')} CPU`,
    last.peers > 1 && `shared by ${last.peers} peers`,
  ];
  return parts.filter((part) => part !== false).join(', ');
}
