import { RateLimiter, type Limits } from './limits.ts';
import { parseClientFrame, readSeq, renderFrameProblems } from './parse.ts';
import {
  CLOSE_NORMAL,
  ERROR_CLOSE_CODES,
  type ClientFrame,
  type ErrorCode,
  type ErrorFrame,
  type JoinFrame,
  type SendFrame,
  type ServerFrame,
} from './protocol.ts';
import type { JoinResult, Member } from './rooms.ts';
import type { TraceEntry } from './trace.ts';
import type { Connection, ConnectionHandlers } from './transports/transport.ts';

/** What a session asks of the hub it belongs to. */
export interface SessionHub {
  readonly limits: Limits;
  readonly heartbeatMs: number;
  readonly resumeGraceMs: number;
  nowMs(): number;
  isToken(candidate: string): boolean;
  /** Whether the room's links are cut: who comes is to find nobody there. */
  isCut(room: string): boolean;
  join(frame: JoinFrame, connection: Connection): JoinResult;
  leave(member: Member): void;
  detach(member: Member, connection: Connection): void;
  /**
   * Relays a message that is next in its sender's order; an error is about that message only. `unnumbered` is its
   * text behind its number, where that may go on as it is.
   */
  relay(
    member: Member,
    frame: SendFrame,
    sizeBytes: number,
    unnumbered: string | undefined,
  ): Complaint | undefined;
  acknowledgeSoon(member: Member): void;
  trace(entry: Omit<TraceEntry, 't'>): void;
}

export interface Complaint {
  code: ErrorCode;
  message: string;
  hint?: string;
}

/**
 * One connection's life, from its opening request to its end.
 *
 * | state | frames | to |
 * |---|---|---|
 * | no token yet | `join` with the token → joined; everything else is fatal | |
 * | token shown | `join` → joined; `ping`; everything else is answered with `not-joined` | |
 * | joined | everything but `join` | `leave` → ended |
 */
export class Session implements ConnectionHandlers {
  readonly #connection: Connection;
  readonly #hub: SessionHub;
  readonly #rate: RateLimiter;
  readonly #joinDeadline: NodeJS.Timeout;
  #authorized = false;
  #member: Member | undefined;
  #ended = false;
  /** Set from the first message over the rate until that same message comes again. */
  #limited = false;

  constructor(connection: Connection, hub: SessionHub, joinTimeoutMs: number) {
    this.#connection = connection;
    this.#hub = hub;
    const { messagesPerSecond: perSecond, burst } = hub.limits;
    this.#rate = new RateLimiter({ perSecond, burst }, hub.nowMs());
    this.#joinDeadline = setTimeout(
      () => this.end({ code: 'join-timeout', message: `no join came within ${joinTimeoutMs} ms` }),
      joinTimeoutMs,
    );
    if (connection.token !== undefined) this.#authorize(connection.token);
  }

  /** The room it has joined; `undefined` before. */
  get room(): string | undefined {
    return this.#member?.room;
  }

  frame(text: string, sizeBytes: number): void {
    if (this.#ended) return;
    if (sizeBytes > this.#hub.limits.messageBytes) return this.#refuseSize(text, sizeBytes);
    const parsed = parseClientFrame(text);
    if (parsed.ok) return this.#dispatch(parsed.frame, sizeBytes, parsed.unnumbered);
    const message = renderFrameProblems(parsed.problems);
    this.#refuseFrame({ code: 'bad-message', message }, parsed.seq, sizeBytes);
  }

  unreadable(why: 'binary' | 'too-large', sizeBytes: number | undefined): void {
    if (this.#ended) return;
    if (why === 'binary') {
      const message = 'expected a text frame, got a binary one';
      return this.#refuseFrame({ code: 'bad-message', message }, undefined, sizeBytes ?? 0);
    }
    this.#traceRefusal('message-too-large', undefined, sizeBytes);
    // The transport has closed the link already, with a code that tells the client not to come back.
    this.#leave();
  }

  closed(): void {
    this.stop();
    if (this.#member) this.#hub.detach(this.#member, this.#connection);
  }

  /** Takes no frame any more and says nothing: the stub itself ends. */
  stop(): void {
    this.#ended = true;
    clearTimeout(this.#joinDeadline);
  }

  /** Sends a fatal error and closes. */
  end(complaint: Complaint): void {
    if (this.#ended) return;
    this.stop();
    this.#send({ kind: 'error', ...complaint, fatal: true });
    this.#connection.close(ERROR_CLOSE_CODES[complaint.code], complaint.code);
  }

  #dispatch(frame: ClientFrame, sizeBytes: number, unnumbered: string | undefined): void {
    if (frame.kind === 'join') return this.#join(frame, sizeBytes);
    if (!this.#authorized) return this.#refuseStranger();
    if (frame.kind === 'ping') return this.#send({ kind: 'pong' });
    const member = this.#member;
    if (!member) {
      const message = `${frame.kind} came before join`;
      return this.#refuseFrame({ code: 'not-joined', message }, readFrameSeq(frame), sizeBytes);
    }
    if (frame.kind === 'leave') return this.#leave();
    if (frame.kind === 'ack') return this.#acknowledge(member, frame.seq);
    this.#accept(member, frame, sizeBytes, unnumbered);
  }

  #join(frame: JoinFrame, sizeBytes: number): void {
    if (frame.token !== undefined) this.#authorize(frame.token);
    if (this.#ended) return;
    if (!this.#authorized) return this.#refuseStranger();
    if (this.#member) {
      const message = `this connection has already joined room ${this.#member.room} as ${this.#member.peer}`;
      return this.#refuseFrame({ code: 'bad-message', message }, undefined, sizeBytes);
    }
    if (this.#hub.isCut(frame.room)) return this.#connection.terminate();
    const result = this.#hub.join(frame, this.#connection);
    if (!result.ok) return this.end(result.refusal);
    clearTimeout(this.#joinDeadline);
    this.#member = result.member;
    this.#welcome(result.member, result.resumed);
  }

  #welcome(member: Member, resumed: boolean): void {
    const { heartbeatMs, resumeGraceMs, limits } = this.#hub;
    const { room, peer, key, receivedSeq } = member;
    this.#send({
      kind: 'welcome',
      room,
      peer,
      key,
      resumed,
      lastSeq: receivedSeq,
      heartbeatMs,
      resumeGraceMs,
      messageBytes: limits.messageBytes,
    });
    for (const frame of member.outbox.pending()) this.#connection.send(frame);
  }

  #leave(): void {
    this.stop();
    if (this.#member) this.#hub.leave(this.#member);
    this.#connection.close(CLOSE_NORMAL, 'left');
  }

  #acknowledge(member: Member, seq: number): void {
    if (member.outbox.acknowledge(seq)) return;
    const message = `seq: expected at most ${member.outbox.lastSeq}, the last number sent, got ${seq}`;
    this.#complain({ code: 'bad-message', message });
  }

  #accept(member: Member, frame: SendFrame, sizeBytes: number, unnumbered: string | undefined): void {
    if (!this.#isNext(member, frame.seq, frame, sizeBytes)) return;
    member.receivedSeq = frame.seq;
    this.#limited = false;
    const complaint = this.#hub.relay(member, frame, sizeBytes, unnumbered);
    if (complaint) this.#complain(complaint, { seq: frame.seq });
    this.#hub.acknowledgeSoon(member);
  }

  /** Whether a number is the next in order and within the rate; if not, it has been answered. */
  #isNext(member: Member, seq: number, frame: SendFrame | undefined, sizeBytes: number): boolean {
    const expected = member.receivedSeq + 1;
    if (seq < expected) {
      this.#hub.acknowledgeSoon(member);
      return false;
    }
    if (seq > expected) {
      // After one message over the rate the rest of that burst is still under way: one answer is enough.
      if (this.#limited || !this.#rate.take(this.#hub.nowMs())) return false;
      const message = `seq: expected ${expected}, got ${seq}`;
      this.#complain({ code: 'bad-message', message, hint: `send again from ${expected} on` });
      return false;
    }
    if (this.#rate.take(this.#hub.nowMs())) return true;
    this.#limitRate(member, seq, frame, sizeBytes);
    return false;
  }

  #limitRate(member: Member, seq: number, frame: SendFrame | undefined, sizeBytes: number): void {
    this.#limited = true;
    const { retryAfterMs } = this.#rate;
    const { messagesPerSecond, burst } = this.#hub.limits;
    const message = `${member.peer} sent more than ${burst} messages at once or ${messagesPerSecond} a second`;
    const hint = `send again from ${seq} on after ${retryAfterMs} ms`;
    this.#complain({ code: 'rate-limited', message, hint }, { seq, retryAfterMs });
    this.#traceRefusal('rate-limited', seq, sizeBytes, frame);
  }

  #refuseSize(text: string, sizeBytes: number): void {
    const { messageBytes } = this.#hub.limits;
    const message = `expected at most ${messageBytes} bytes, got ${sizeBytes}`;
    this.#refuseFrame({ code: 'message-too-large', message }, readSeq(text), sizeBytes);
  }

  /** Answers a frame that cannot be acted on. If it is the next in order it counts as dealt with. */
  #refuseFrame(complaint: Complaint, seq: number | undefined, sizeBytes: number): void {
    if (!this.#authorized) return this.#refuseStranger();
    const member = this.#member;
    if (member && seq !== undefined) {
      if (!this.#isNext(member, seq, undefined, sizeBytes)) return;
      member.receivedSeq = seq;
      this.#limited = false;
      this.#hub.acknowledgeSoon(member);
    } else if (!this.#rate.take(this.#hub.nowMs())) return;
    this.#traceRefusal(`${complaint.code}: ${complaint.message}`, seq, sizeBytes);
    this.#complain(complaint, seq === undefined ? {} : { seq });
  }

  #authorize(token: string): void {
    if (this.#hub.isToken(token)) this.#authorized = true;
    else this.#refuseStranger();
  }

  #refuseStranger(): void {
    this.#traceRefusal('unauthorized', undefined, undefined);
    this.end({
      code: 'unauthorized',
      message: 'the token is missing or wrong',
      hint: "give this run's token as the query parameter `token` or in `join`",
    });
  }

  #traceRefusal(
    why: string,
    seq: number | undefined,
    sizeBytes: number | undefined,
    frame?: SendFrame,
  ): void {
    const member = this.#member;
    this.#hub.trace({
      kind: frame?.kind ?? 'unreadable',
      ...(member ? { room: member.room, from: member.peer } : {}),
      ...(frame?.to === undefined ? {} : { to: frame.to }),
      ...(seq === undefined ? {} : { seq }),
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
      outcome: 'rejected',
      why,
      ...(frame ? { payload: frame.payload } : {}),
    });
  }

  #complain(complaint: Complaint, about: Pick<ErrorFrame, 'seq' | 'retryAfterMs'> = {}): void {
    this.#send({ kind: 'error', ...complaint, ...about, fatal: false });
  }

  #send(frame: ServerFrame): void {
    this.#connection.send(JSON.stringify(frame));
  }
}

function readFrameSeq(frame: ClientFrame): number | undefined {
  return 'seq' in frame ? frame.seq : undefined;
}
