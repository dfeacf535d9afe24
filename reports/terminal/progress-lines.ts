import type { RunEvent } from '../../harness/store/layout.ts';
import { describeCrossed } from '../../harness/verdict/live-gate.ts';
import { formatDuration, plural } from '../figures.ts';
import { printableLine } from '../printable.ts';
import { measuredLines } from './measured-line.ts';
import { diedLines } from './died-lines.ts';
import { colorMark, type Colors, fit } from './ink.ts';
import { advanceLoad, isBroken, loadLine } from './load-state.ts';
import {
  allocationOf,
  isCrowd,
  isTimeToTell,
  type ProgressState,
  type RunningCall,
  timeLeftMs,
} from './progress-state.ts';
import { turnLines } from './turn-lines.ts';

/** Of a load's calls, so many that end are told, and so many that break: the others are counted. */
const MOST_ENDED = 3;
const MOST_BROKEN = 10;
const MOST_RUNNING = 4;
const BAR_WIDTH = 24;

/** What an event leaves on the screen for good. `state` is the state before the event. */
export function permanentLines(
  event: RunEvent,
  state: ProgressState,
  colors: Colors,
  live: boolean,
): string[] {
  const how = !live && isTimeToTell(state, event.t) ? state.loads.map((load) => loadLine(load, event.t)) : [];
  return [...how, ...eventLines(event, state, colors, live)];
}

function eventLines(event: RunEvent, state: ProgressState, colors: Colors, live: boolean): string[] {
  switch (event.type) {
    case 'run-started':
      return startLines(event);
    case 'browser-launched':
      return [
        `${printableLine(`${event.browser} ${event.version}`)} ${event.relaunch ? 'launched again' : 'launched'} in ${formatDuration(event.launchMs)}`,
      ];
    case 'browser-waiting':
      return [
        `${printableLine(event.browser)} is waiting for a slot of the Grid (${formatDuration(event.waitedMs)})`,
      ];
    case 'browser-died':
      return diedLines(event.browser, event, colors);
    case 'turn-started':
    case 'turn-allocation':
    case 'turn-refused':
    case 'turn-died':
      return turnLines(event, { brief: live || isCrowd(state) || isTold(event, state), colors });
    case 'manual-peer':
      return [`Open this as the ${event.role}:`, '', ...event.qr.trimEnd().split('\n'), '', `  ${event.url}`];
    case 'manual-peer-joined':
      return [`${event.role} joined: ${printableLine(event.userAgent, 200)}`];
    case 'check':
      return event.passed === false && !isUntold(state)
        ? [
            `${colorMark('failed', colors)} ${event.call}: ${event.role ? `${event.role}: ` : ''}${printableLine(event.name, 200)}`,
          ]
        : [];
    case 'call-started':
      return live || state.loads.length > 0
        ? []
        : [
            `${describeCell(event.cell)}: ${event.call} started${event.of === undefined ? '' : ` (${event.index} of ${event.of})`}`,
          ];
    case 'step-started':
      return live || isCrowd(state) ? [] : [`${event.call}: ${printableLine(event.step, 100)}`];
    case 'call-ended':
      return endedLines(event, state, colors);
    case 'hook-failed':
      return [`${colorMark('errored', colors)} ${printableLine(event.message, 500)}`];
    case 'vus':
      return live || event.vus > 0 ? [] : overLines(event, state);
    case 'threshold-crossed':
      return [`${colors.yellow('stopping:')} ${printableLine(describeCrossed(event), 500)}`];
    case 'warning':
      return [`${colors.yellow('warning:')} ${printableLine(event.message, 500)}`];
    case 'run-aborted':
      return [`Stopped by ${event.signal}: closing browsers, then judging what was measured.`];
    case 'server-listening':
    case 'browser-launching':
    case 'run-ended':
      return [];
    default:
      // A newer harness, or an older run, may tell of more.
      return [];
  }
}

function startLines({ calls, cells, loads, folder }: RunEvent & { type: 'run-started' }): string[] {
  const where = `in ${plural(cells, 'cell')}, into ${folder}`;
  if (!loads) return [`${plural(calls, 'call')} ${where}`];
  return [
    ...loads.map(({ name, summary }) => `load ${name}: ${summary}`),
    `${plural(loads.length, 'load')} ${where}`,
  ];
}

/** What a load came to, once no VU of it is left. */
function overLines(event: RunEvent & { type: 'vus' }, { loads }: ProgressState): string[] {
  const own = loads.filter(({ name }) => name === event.load);
  return own.map((load) => loadLine(advanceLoad(load, event), event.t));
}

/** Whether so many calls of loads broke that the next ones are only counted. */
function isUntold({ loads, broken }: ProgressState): boolean {
  return loads.length > 0 && broken >= MOST_BROKEN;
}

/** Of a load, the first calls and the first that break; then it is only counted. */
function endedLines(
  event: RunEvent & { type: 'call-ended' },
  state: ProgressState,
  colors: Colors,
): string[] {
  if (event.load === undefined) return [endedLine(event, state, colors)];
  if (!isBroken(event)) return state.finished < MOST_ENDED ? [endedLine(event, state, colors)] : [];
  if (isUntold(state)) return [];
  const isLast = state.broken === MOST_BROKEN - 1;
  return [
    endedLine(event, state, colors),
    ...(isLast ? ['More calls that do not pass are counted, and told at the end.'] : []),
  ];
}

/** Whether an allocation of the same peer over the same transport was told before. */
function isTold(event: RunEvent, { running }: ProgressState): boolean {
  if (event.type !== 'turn-allocation') return false;
  const call = running.find(({ id }) => id === event.call);
  return call !== undefined && call.allocated.includes(allocationOf(event));
}

/** What is going on now, drawn again with every event: a line for each running call, then how far the run is. */
export function liveLines(state: ProgressState, now: number, columns: number, colors: Colors): string[] {
  if (state.loads.length > 0) return loadLines(state, now, columns);
  const running = state.running.slice(0, MOST_RUNNING).map((call) => fit(runningLine(call, now), columns));
  const hidden = state.running.length - running.length;
  const launching =
    state.launching.length > 0 ? [fit(`  launching ${state.launching.join(', ')}`, columns)] : [];
  const more = hidden > 0 ? [`  … and ${plural(hidden, 'call')} more`] : [];
  return [...launching, ...running, ...more, barLine(state, now, columns, colors)];
}

function loadLines({ launching, loads, measured }: ProgressState, now: number, columns: number): string[] {
  const lines = loads.map((load) => loadLine(load, now));
  const waiting = launching.length > 0 ? [`launching ${launching.join(', ')}`] : [];
  return [...waiting, ...lines, ...measuredLines(measured)].map((line) => fit(`  ${line}`, columns));
}

function runningLine({ cell, step, startedAt, id }: RunningCall, now: number): string {
  return `  ${describeCell(cell)}  ${printableLine(step ?? 'starting', 60)}  ${formatDuration(Math.max(0, now - startedAt))}  ${id}`;
}

function barLine(state: ProgressState, now: number, columns: number, colors: Colors): string {
  const { calls, finished, startedAt = now } = state;
  const left = timeLeftMs(state, now);
  const parts = [
    `${finished} of ${plural(calls, 'call')}`,
    formatDuration(Math.max(0, now - startedAt)),
    ...(left === undefined ? [] : [`about ${formatDuration(left)} left`]),
  ];
  const words = parts.join(', ');
  const width = Math.min(BAR_WIDTH, columns - words.length - 4);
  if (width < 4) return fit(`  ${words}`, columns);
  const filled = calls === 0 ? 0 : Math.round((finished / calls) * width);
  return `  ${colors.green('━'.repeat(filled))}${colors.dim('─'.repeat(width - filled))}  ${words}`;
}

/** Says what is known before the verdict: how many checks held, not that the call passed. */
function endedLine(event: RunEvent & { type: 'call-ended' }, state: ProgressState, colors: Colors): string {
  const { held = 0, undecided = 0 } = state.running.find(({ id }) => id === event.call) ?? {};
  const facts = [
    event.interrupted && 'cut off by its load',
    event.fault !== undefined && printableLine(event.fault, 300),
    event.checksFailed > 0 && `${plural(event.checksFailed, 'check')} failed`,
    undecided > 0 && `${plural(undecided, 'check')} without evidence`,
    `${plural(held, 'check')} held`,
    formatDuration(event.durationMs),
  ].filter((fact) => typeof fact === 'string');
  const status =
    event.status ?? (isBroken(event) ? 'failed' : undecided > 0 || held === 0 ? 'inconclusive' : 'passed');
  return `${colorMark(status, colors)} ${describeCell(event.cell)}  ${colors.dim(event.call)}  ${facts.join(', ')}`;
}

/** `chrome → firefox, relay-tls` of `chrome:firefox/relay-tls`. */
function describeCell(cell: string): string {
  const [pair = '', ...variant] = printableLine(cell).split('/');
  return [pair.split(':').join(' → '), ...(variant.length > 0 ? [variant.join('/')] : [])].join(', ');
}
