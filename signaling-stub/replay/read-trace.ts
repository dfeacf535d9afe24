import { RELAY_KINDS, type RelayKind } from '../protocol.ts';
import type { TraceEntry } from '../trace.ts';

/** One thing that somebody did, to be done again. */
export type Action = {
  atMs: number;
  /** How many lines of the trace came before it. */
  line: number;
} & (
  | { do: 'join' | 'resume' | 'disconnect' | 'leave' | 'lost'; room: string; peer: string }
  | { do: 'send'; room: string; peer: string; entry: TraceEntry & { kind: RelayKind; seq: number } }
  | { do: 'cut' | 'restore'; room: string }
  | { do: 'restart'; room: string | undefined }
  | { do: 'fault'; entry: TraceEntry }
);

/** Every line of a trace that is none, with why. */
export class TraceError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'TraceError';
    this.problems = problems;
  }
}

/** A trace as it stands in a file: one JSON object a line. @throws TraceError with every line that is none */
export function parseTrace(text: string, path: string): TraceEntry[] {
  const problems: string[] = [];
  const entries = text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const entry = parseEntry(line);
    if (!entry)
      problems.push(
        `${path}:${index + 1}: expected a line of a trace {t, kind, outcome, …}, got ${clip(line)}`,
      );
    return entry ?? [];
  });
  if (entries.length === 0 && problems.length === 0)
    problems.push(`${path}: expected at least one line, got none`);
  if (problems.length > 0) throw new TraceError(problems);
  return entries;
}

/** What was done, in its order. What followed from it (deliveries, faults' restarts) is not done but compared. */
export function actionsOf(trace: readonly TraceEntry[]): Action[] {
  const startMs = trace[0]?.t ?? 0;
  const sent = new Set<string>();
  const sessions = new Map<string, number>();
  return trace.flatMap((entry, line): Action[] => {
    const { kind, room, from: peer, seq, outcome } = entry;
    const atMs = entry.t - startMs;
    if (kind === 'fault') return [{ atMs, line, do: 'fault', entry }];
    if (kind === 'restart') return entry.fault === undefined ? [{ atMs, line, do: 'restart', room }] : [];
    if (room === undefined) return [];
    if (kind === 'cut' || kind === 'restore') return [{ atMs, line, do: kind, room }];
    if (peer === undefined || kind === 'unreadable') return [];
    const place = JSON.stringify([room, peer]);
    if (!isRelayed(kind)) {
      if (outcome !== 'accepted') return [];
      if (kind === 'join') sessions.set(place, (sessions.get(place) ?? 0) + 1);
      return [{ atMs, line, do: kind, room, peer }];
    }
    const id = `${place}${sessions.get(place)} ${seq}`;
    if (seq === undefined || !wasTaken(entry) || sent.has(id)) return [];
    sent.add(id);
    return [{ atMs, line, do: 'send', room, peer, entry: { ...entry, kind, seq } }];
  });
}

export function isRelayed(kind: TraceEntry['kind']): kind is RelayKind {
  return RELAY_KINDS.some((relayed) => relayed === kind);
}

/** Not what the hook kept back or the server did not look at: nobody can do that again. */
export function wasTaken({ outcome, why = '' }: TraceEntry): boolean {
  return !(outcome === 'dropped' && why.includes('intercept hook')) && !why.startsWith('rate-limited');
}

function parseEntry(line: string): TraceEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    const { t, kind, outcome } = value as Partial<TraceEntry>;
    const isEntry = typeof t === 'number' && typeof kind === 'string' && typeof outcome === 'string';
    return isEntry ? (value as TraceEntry) : undefined;
  } catch {
    return undefined;
  }
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
