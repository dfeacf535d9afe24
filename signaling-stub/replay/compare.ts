import type { TraceEntry } from '../trace.ts';
import { isRelayed, wasTaken } from './read-trace.ts';

export interface Comparison {
  /** Messages whose fate is known from the recording. */
  messages: number;
  /** One sentence each; empty if all went the same way. */
  differences: string[];
}

interface Event {
  what: string;
  payload: string;
}

/**
 * Whether the same messages went from the same senders to the same recipients, in the same order and with the same
 * fate. A message that waited for its recipient counts as one that was handed on.
 */
export function compareTraces(recorded: readonly TraceEntry[], replayed: readonly TraceEntry[]): Comparison {
  const [expected, got] = [linesOf(recorded), linesOf(replayed)];
  const differences = [...new Set([...expected.keys(), ...got.keys()])].flatMap((line) =>
    compareLine(line, expected.get(line) ?? [], got.get(line) ?? []),
  );
  return { messages: countFates(recorded), differences };
}

function countFates(trace: readonly TraceEntry[]): number {
  return trace.filter(isFate).length;
}

/** What becomes of messages, and what changes who is there: a replay must not run ahead of these. */
export function isProgress(entry: TraceEntry): boolean {
  return isFate(entry) || entry.kind === 'leave' || entry.kind === 'lost' || entry.kind === 'restart';
}

function isFate(entry: TraceEntry): boolean {
  return isRelayed(entry.kind) && entry.outcome !== 'delayed' && wasTaken(entry);
}

function linesOf(trace: readonly TraceEntry[]): Map<string, Event[]> {
  const lines = new Map<string, Event[]>();
  for (const entry of trace.filter(isFate)) {
    const line = `${entry.room}: ${entry.from} to ${entry.to ?? 'nobody'}`;
    const fate = entry.outcome === 'queued' ? 'relayed' : entry.outcome;
    const fault = entry.fault === undefined ? '' : ` (${entry.fault})`;
    const event = { what: `${entry.kind} ${fate}${fault}`, payload: JSON.stringify(entry.payload) };
    lines.set(line, [...(lines.get(line) ?? []), event]);
  }
  return lines;
}

/** The first difference of each line: those that follow come of it. */
function compareLine(line: string, expected: readonly Event[], got: readonly Event[]): string[] {
  const length = Math.max(expected.length, got.length);
  for (let index = 0; index < length; index++) {
    const [one, other] = [expected[index], got[index]];
    if (one?.what === other?.what && one?.payload === other?.payload) continue;
    const isContent = one?.what === other?.what;
    const say = (event: Event | undefined) =>
      event ? `${event.what}${isContent ? ` ${event.payload.slice(0, 60)}` : ''}` : 'nothing more';
    return [`${line}: message ${index + 1}: expected ${say(one)}, got ${say(other)}`];
  }
  return [];
}
