import type { CallRecord, ConsoleEntry } from '../../harness/call-record.ts';
import { plural } from '../figures.ts';
import type { CallDetail, SignalingEntry } from '../input.ts';
import { printableLine } from '../printable.ts';
import { secondsInto } from './connection.ts';
import { type Child, html, type Markup } from './markup.ts';
import { absent, dataTable, fold, leftOut, orAbsent } from './parts.ts';

/** How many lines of each record a call may show. The rest is in the run's folder. */
export interface RecordLimits {
  events: number;
  signaling: number;
  console: number;
  logs: number;
}

const MOST_DATA_CHARACTERS = 300;

/** What happened, in the order it did: steps of the script and events of the peers. */
export function eventFold({ record, events }: CallDetail, limit: number): Markup | undefined {
  const steps = record.steps.map((step) => ({
    t: step.startMs,
    role: 'script',
    name: `step ${step.name}`,
    data: undefined,
  }));
  const all = [...steps, ...events].toSorted((a, b) => a.t - b.t);
  if (all.length === 0) return undefined;
  const rows = all
    .slice(0, limit)
    .map((event): Child[] => [
      secondsInto(record, event.t),
      event.role,
      html`<b>${event.name}</b>`,
      event.data !== undefined && html`<code class="data">${asLine(event.data)}</code>`,
    ]);
  const columns = [
    { title: 'At, s', figure: true as const },
    { title: 'Who' },
    { title: 'What' },
    { title: 'Data' },
  ];
  return fold(
    'Events',
    String(all.length),
    html`<input type="search" class="filter" placeholder="Filter events" aria-label="Filter events" hidden />
      ${dataTable('Events', columns, rows)}${leftOut(rows.length, all.length, `calls/${record.id}/events.jsonl`)}`,
  );
}

/** Every message the signaling server relayed for the call. */
export function signalingFold({ record, signaling }: CallDetail, limit: number): Markup | undefined {
  if (signaling.length === 0) return undefined;
  const rows = signaling.slice(0, limit).map((line): Child[] => {
    const { t, room: _room, from, to, kind, seq, outcome, ...rest } = toSignalingEntry(line);
    return [
      t === undefined ? absent() : secondsInto(record, t),
      html`<b>${orAbsent(kind)}</b>`,
      html`${orAbsent(from)} → ${to ?? 'all'}`,
      orAbsent(seq),
      outcome,
      Object.keys(rest).length > 0 && html`<code class="data">${asLine(rest)}</code>`,
    ];
  });
  const columns = [
    { title: 'At, s', figure: true as const },
    ...['Message', 'From → to', 'No.', 'Outcome', 'Rest'].map((title) => ({ title })),
  ];
  return fold(
    'Signaling',
    plural(signaling.length, 'message'),
    html`${dataTable('Signaling trace', columns, rows)}${leftOut(rows.length, signaling.length, `calls/${record.id}/signaling.jsonl`)}`,
  );
}

/** What the pages wrote to their consoles, of all peers. Opened at once when there are errors in it. */
export function consoleFold({ record, console }: CallDetail, limit: number): Markup | undefined {
  const all = Object.entries(console)
    .flatMap(([role, entries]) => entries.map((entry) => ({ role, ...entry })))
    .toSorted((a, b) => a.t - b.t);
  if (all.length === 0) return undefined;
  const errors = all.filter(({ level }) => level === 'error').length;
  const shown = newest(all, limit);
  return fold(
    'Console',
    `${plural(all.length, 'entry').replace('entrys', 'entries')}${errors > 0 ? `, ${plural(errors, 'error')}` : ''}`,
    html`<ol class="log">
        ${shown.map((entry) => consoleLine(record, entry))}
      </ol>
      ${leftOut(shown.length, all.length, `calls/${record.id}/`)}`,
    errors > 0,
  );
}

/** The last lines of the browsers' own stdout and stderr. */
export function logFolds({ logs = {} }: CallDetail, limit: number): Markup[] {
  return Object.entries(logs)
    .filter(([, lines]) => lines.length > 0)
    .map(([browser, lines]) => {
      const shown = newest(lines, limit);
      const text = shown.map((line) => printableLine(line, 2000)).join('\n');
      return fold(
        `Log of ${browser}`,
        plural(lines.length, 'line'),
        html`<pre tabindex="0">${text}</pre>
          ${leftOut(shown.length, lines.length, `logs/${browser}.log`)}`,
      );
    });
}

function consoleLine(
  record: CallRecord,
  { role, t, level, source, text }: ConsoleEntry & { role: string },
): Markup {
  return html`<li data-level="${level}">
    <span class="figure">${secondsInto(record, t)}</span> <span>${role}</span>
    <b>${level}</b>${source !== 'console' && html` <span>${source}</span>`}
    <code>${text.slice(0, 4000)}</code>
  </li>`;
}

/** Keeps what has the type the trace promises; the rest stays as it is and is shown as data. */
function toSignalingEntry(line: unknown): SignalingEntry & Record<string, unknown> {
  if (typeof line !== 'object' || line === null) return { line };
  const { t, from, to, kind, seq, outcome, room, ...rest } = line as Record<string, unknown>;
  return {
    ...rest,
    ...(typeof t === 'number' && { t }),
    ...(typeof from === 'string' && { from }),
    ...(typeof to === 'string' && { to }),
    ...(typeof kind === 'string' && { kind }),
    ...(typeof seq === 'number' && { seq }),
    ...(typeof outcome === 'string' && { outcome }),
    ...(typeof room === 'string' && { room }),
  };
}

function newest<Line>(lines: readonly Line[], limit: number): readonly Line[] {
  return lines.slice(Math.max(0, lines.length - limit));
}

function asLine(data: unknown): string {
  return printableLine(typeof data === 'string' ? data : (JSON.stringify(data) ?? ''), MOST_DATA_CHARACTERS);
}
