import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { FaultyRelay } from './faults/faulty-relay.ts';
import type { FaultRule } from './faults/rule.ts';
import type { Limits } from './limits.ts';
import type { JoinFrame, RelayedMessage, SendFrame } from './protocol.ts';
import { Rooms, type Delivery, type JoinResult, type Member } from './rooms.ts';
import { Session, type Complaint, type SessionHub } from './session.ts';
import type { TraceEntry, TraceRecord } from './trace.ts';
import type { Connection, ConnectionHandlers } from './transports/transport.ts';

export interface HubOptions {
  token: string;
  limits: Limits;
  heartbeatMs: number;
  resumeGraceMs: number;
  joinTimeoutMs: number;
  onTrace: ((entry: TraceEntry) => void) | undefined;
  intercept: ((message: RelayedMessage) => RelayedMessage | undefined) | undefined;
  faultSeed: number;
}

const ACK_DELAY_MS = 10;

/** Everything of the stub but its networking: who may enter, what is relayed, what is traced. */
export class Hub implements SessionHub {
  readonly limits: Limits;
  readonly heartbeatMs: number;
  readonly resumeGraceMs: number;
  readonly #options: HubOptions;
  readonly #tokenDigest: Buffer;
  readonly #rooms: Rooms;
  readonly #sessions = new Map<Connection, Session>();
  readonly #strangers = new Set<Connection>();
  readonly #toAcknowledge = new Set<Member>();
  readonly #cut = new Set<string>();
  readonly #faults: FaultyRelay;
  #ackTimer: NodeJS.Timeout | undefined;
  #expiryTimer: NodeJS.Timeout | undefined;
  #messages = 0;

  constructor(options: HubOptions) {
    this.#options = options;
    this.limits = options.limits;
    this.heartbeatMs = options.heartbeatMs;
    this.resumeGraceMs = options.resumeGraceMs;
    this.#tokenDigest = digest(options.token);
    this.#rooms = new Rooms({
      limits: options.limits,
      resumeGraceMs: options.resumeGraceMs,
      onOverflow: (member, connection) => this.#overflow(member, connection),
    });
    this.#faults = new FaultyRelay({
      seed: options.faultSeed,
      nowMs: () => this.nowMs(),
      deliver: (message, record, sizeBytes) => this.#deliver(message, record, sizeBytes),
      disconnect: (room, peer) => void this.disconnect(room, peer),
      restart: (room) => this.#restart(room, { fault: 'restart' }),
      trace: (entry) => this.trace(entry),
    });
  }

  /** `messages` counts what peers sent and the hub took, since it began. */
  get counts(): { rooms: number; peers: number; messages: number } {
    return { ...this.#rooms.counts, messages: this.#messages };
  }

  accept(connection: Connection): ConnectionHandlers {
    const session = new Session(connection, this, this.#options.joinTimeoutMs);
    this.#sessions.set(connection, session);
    this.#strangers.add(connection);
    if (this.#strangers.size > this.limits.peers) {
      session.end({ code: 'peer-limit', message: 'too many connections have not joined yet' });
    }
    return {
      frame: (text, sizeBytes) => session.frame(text, sizeBytes),
      unreadable: (why, sizeBytes) => session.unreadable(why, sizeBytes),
      closed: () => {
        this.#sessions.delete(connection);
        this.#strangers.delete(connection);
        session.closed();
      },
    };
  }

  /** Cuts a peer's link as a broken network would. False when it has none. */
  disconnect(room: string, peer: string): boolean {
    const connection = this.#rooms.find(room, peer)?.connection;
    connection?.terminate();
    return connection !== undefined;
  }

  /** Cuts every link of a room, and each that comes, until {@link restore}. Places are kept as for any lost link. */
  cut(room: string): void {
    this.#cut.add(room);
    for (const { connection } of this.#rooms.members(room)) connection?.terminate();
    this.trace({ kind: 'cut', room, outcome: 'accepted' });
  }

  restore(room: string): void {
    if (this.#cut.delete(room)) this.trace({ kind: 'restore', room, outcome: 'accepted' });
  }

  isCut(room: string): boolean {
    return this.#cut.has(room);
  }

  /** Puts a fault in force, until {@link clearFaults}. */
  addFault(rule: FaultRule): void {
    this.#faults.add(rule);
  }

  faultHits(room: string): number {
    return this.#faults.hits(room);
  }

  clearFaults(room?: string): void {
    this.#faults.clear(room);
  }

  /** As a process that died and came back: every link is gone, and nobody is known. With a room, as its peers see it. */
  restart(room?: string): void {
    this.#restart(room, {});
  }

  #restart(room: string | undefined, cause: { fault?: string }): void {
    this.#faults.forget(room);
    for (const [connection, session] of this.#sessions) {
      if (room !== undefined && session.room !== room) continue;
      session.stop();
      connection.terminate();
    }
    this.#rooms.clear(room);
    this.trace({ kind: 'restart', ...(room !== undefined && { room }), ...cause, outcome: 'accepted' });
  }

  /** Gives up every place and timer. The connections are the transports' to end. */
  close(): void {
    clearTimeout(this.#ackTimer);
    clearTimeout(this.#expiryTimer);
    this.#faults.close();
    for (const session of this.#sessions.values()) session.stop();
    this.#rooms.clear();
  }

  nowMs(): number {
    return performance.now();
  }

  isToken(candidate: string): boolean {
    return timingSafeEqual(digest(candidate), this.#tokenDigest);
  }

  join(frame: JoinFrame, connection: Connection): JoinResult {
    const { room, peer, owner, lastSeq, key = randomBytes(18).toString('base64url') } = frame;
    const result = this.#rooms.join({ room, peer, key, owner, lastSeq, connection });
    this.#traceJoin(frame, connection, result);
    if (!result.ok) return result;
    this.#strangers.delete(connection);
    const before = result.replaced && this.#sessions.get(result.replaced);
    const how = result.resumed ? 'resumed' : 'joined anew';
    before?.end({ code: 'replaced', message: `${peer} ${how} over another connection` });
    return result;
  }

  leave(member: Member): void {
    this.#flushAcknowledgements();
    this.#rooms.leave(member, 'left');
    this.trace({ kind: 'leave', room: member.room, from: member.peer, outcome: 'accepted' });
  }

  detach(member: Member, connection: Connection): void {
    if (this.#rooms.find(member.room, member.peer) !== member) return;
    if (!this.#rooms.detach(member, connection, this.nowMs())) return;
    const { room, peer } = member;
    this.trace({ kind: 'disconnect', room, from: peer, remote: connection.remote, outcome: 'accepted' });
    this.#scheduleExpiry();
  }

  relay(
    member: Member,
    frame: SendFrame,
    sizeBytes: number,
    unnumbered: string | undefined,
  ): Complaint | undefined {
    this.#messages += 1;
    const original = toRelayed(frame, member);
    const record = this.#options.onTrace ? traceOf(frame, member, sizeBytes) : UNTRACED;
    if (!this.#options.intercept && this.#faults.isIdle) {
      const body = unnumbered === undefined ? undefined : member.signature + unnumbered;
      return this.#deliver(original, record, sizeBytes, body);
    }
    const intercepted = this.#intercept(original);
    if ('why' in intercepted) {
      this.trace({ ...record, outcome: 'dropped', why: intercepted.why });
      return undefined;
    }
    const { message } = intercepted;
    const changed = message === original ? record : { ...record, ...changesOf(message) };
    return this.#faults.pass(message, changed, sizeBytes);
  }

  acknowledgeSoon(member: Member): void {
    this.#toAcknowledge.add(member);
    this.#ackTimer ??= setTimeout(() => this.#flushAcknowledgements(), ACK_DELAY_MS);
  }

  trace(entry: Omit<TraceEntry, 't'>): void {
    this.#options.onTrace?.({ t: Date.now(), ...entry });
  }

  #traceJoin({ room, peer, lastSeq }: JoinFrame, { remote }: Connection, result: JoinResult): void {
    const record = { room, from: peer, remote };
    if (!result.ok) {
      const { code, message } = result.refusal;
      const kind = lastSeq === undefined ? 'join' : 'resume';
      return this.trace({ kind, ...record, outcome: 'rejected', why: `${code}: ${message}` });
    }
    if (!result.resumed) return this.trace({ kind: 'join', ...record, outcome: 'accepted' });
    const why = `${result.member.outbox.length} frames sent again`;
    this.trace({ kind: 'resume', ...record, outcome: 'accepted', why });
  }

  #intercept(message: RelayedMessage): { message: RelayedMessage } | { why: string } {
    const { intercept } = this.#options;
    if (!intercept) return { message };
    try {
      const result = intercept(message);
      if (result === undefined) return { why: 'dropped by the intercept hook' };
      if (result === message) return { message };
      return { message: { ...result, room: message.room, from: message.from } };
    } catch (error) {
      return { why: `the intercept hook threw: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  #deliver(
    message: RelayedMessage,
    record: TraceRecord,
    sizeBytes: number,
    body?: string,
  ): Complaint | undefined {
    const deliveries = this.#rooms.relay(message, sizeBytes, body);
    if (deliveries.length > 0 && !this.#options.onTrace) return complainAboutQueues(deliveries);
    for (const { to, outcome } of deliveries) {
      this.trace(
        outcome === 'queue-full'
          ? { ...record, to, outcome: 'rejected', why: 'queue-full' }
          : { ...record, to, outcome },
      );
    }
    if (deliveries.length > 0) return complainAboutQueues(deliveries);
    if (message.to === undefined) {
      this.trace({ ...record, outcome: 'dropped', why: 'nobody else is in the room' });
      return undefined;
    }
    this.trace({ ...record, outcome: 'rejected', why: 'unknown-recipient' });
    return {
      code: 'unknown-recipient',
      message: `room ${message.room} has no peer ${message.to}`,
      hint: 'wait for it in the roster before sending',
    };
  }

  #flushAcknowledgements(): void {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    for (const { connection, receivedSeq } of this.#toAcknowledge) {
      connection?.send(`{"kind":"ack","seq":${receivedSeq}}`);
    }
    this.#toAcknowledge.clear();
  }

  #scheduleExpiry(): void {
    clearTimeout(this.#expiryTimer);
    const { nextExpiryMs } = this.#rooms;
    if (nextExpiryMs === undefined) return;
    this.#expiryTimer = setTimeout(() => this.#expire(), Math.max(1, nextExpiryMs - this.nowMs()));
  }

  #expire(): void {
    for (const { room, peer } of this.#rooms.expire(this.nowMs())) {
      const why = `away for longer than ${this.resumeGraceMs} ms`;
      this.trace({ kind: 'lost', room, from: peer, outcome: 'accepted', why });
    }
    this.#scheduleExpiry();
  }

  #overflow({ room, peer }: Member, connection: Connection | undefined): void {
    const message = `${peer} acknowledged nothing while ${this.limits.queueLength} messages came for it`;
    this.trace({ kind: 'lost', room, from: peer, outcome: 'accepted', why: message });
    if (connection) this.#sessions.get(connection)?.end({ code: 'queue-full', message });
  }
}

/** Where nobody reads the trace, it is not written. */
const UNTRACED: TraceRecord = { kind: 'unreadable' };

/** Field by field: this is done for every message, and a spread costs more than the rest of it. */
function toRelayed(frame: SendFrame, { room, peer: from }: Member): RelayedMessage {
  const { kind, to, connection, payload } = frame;
  const message = { kind, room, from, to, connection, payload };
  // The kind says what the payload is, which the compiler lost sight of.
  return message as RelayedMessage;
}

function traceOf(frame: SendFrame, { room, peer }: Member, sizeBytes: number): TraceRecord {
  const { kind, seq, to, connection, payload } = frame;
  return {
    kind,
    room,
    from: peer,
    seq,
    sizeBytes,
    payload,
    ...(to === undefined ? { broadcast: true } : { to }),
    ...(connection === undefined ? {} : { connection }),
  };
}

function changesOf({ kind, payload, connection }: RelayedMessage): Partial<TraceRecord> {
  return { kind, payload, changed: true, ...(connection === undefined ? {} : { connection }) };
}

function complainAboutQueues(deliveries: readonly Delivery[]): Complaint | undefined {
  if (deliveries.length === 1 && deliveries[0]!.outcome !== 'queue-full') return undefined;
  const full = deliveries.filter(({ outcome }) => outcome === 'queue-full').map(({ to }) => to);
  if (full.length === 0) return undefined;
  const message = `not delivered to ${full.join(', ')}: too much waits there already`;
  return { code: 'queue-full', message, hint: 'wait for its acknowledgements, or send less' };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
