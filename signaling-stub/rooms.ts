import type { Limits } from './limits.ts';
import { Outbox } from './outbox.ts';
import type { ErrorCode, LeaveReason, RelayedMessage } from './protocol.ts';
import type { Connection } from './transports/transport.ts';

/** A peer's place in a room. It outlives its connection by the grace time. */
export class Member {
  readonly room: string;
  readonly peer: string;
  /** Whoever knows it may take this place again. */
  readonly key: string;
  /** Whoever knows it may take this place anew, in another session. */
  readonly owner: string | undefined;
  readonly outbox: Outbox;
  /** How each of this peer's messages begins for those who get it: `{"room":"call-1","from":"caller",`. */
  readonly signature: string;
  /** Highest number of this peer's own messages that was dealt with. */
  receivedSeq = 0;
  /** `undefined` while the peer is away. */
  connection: Connection | undefined;
  /** When its place is given up, ms of the steady clock; `undefined` while connected. */
  expiresAtMs: number | undefined;

  constructor(options: {
    room: string;
    peer: string;
    key: string;
    owner: string | undefined;
    outbox: Outbox;
    connection: Connection;
  }) {
    this.room = options.room;
    this.peer = options.peer;
    this.signature = `${JSON.stringify({ room: options.room, from: options.peer }).slice(0, -1)},`;
    this.key = options.key;
    this.owner = options.owner;
    this.outbox = options.outbox;
    this.connection = options.connection;
  }

  /** Keeps a frame for this peer and sends it if the peer is there. */
  deliver(body: string, sizeBytes: number): DeliveryOutcome {
    const frame = this.outbox.add(body, sizeBytes);
    if (frame === undefined) return 'queue-full';
    if (!this.connection) return 'queued';
    this.connection.send(frame);
    return 'relayed';
  }
}

export type DeliveryOutcome = 'relayed' | 'queued' | 'queue-full';

export interface Delivery {
  to: string;
  outcome: DeliveryOutcome;
}

export interface JoinRequest {
  room: string;
  peer: string;
  key: string;
  owner?: string | undefined;
  /** Highest number the peer has seen; `undefined` when it never got a welcome. */
  lastSeq: number | undefined;
  connection: Connection;
}

export interface Refusal {
  code: ErrorCode;
  message: string;
  hint?: string;
}

export type JoinResult =
  | { ok: true; member: Member; resumed: boolean; replaced: Connection | undefined }
  | { ok: false; refusal: Refusal };

export interface RoomsOptions {
  limits: Limits;
  resumeGraceMs: number;
  /** A peer lost its place because its queue was full of what it never acknowledged. */
  onOverflow(member: Member, connection: Connection | undefined): void;
}

/**
 * Who is in which room, and what waits for whom. No clock and no socket of its own: time and connections are passed in.
 *
 * | member | connection | leaves this state by |
 * |---|---|---|
 * | present | set | `detach` → away, `leave` → gone |
 * | away | `undefined`, messages queue | `join` with its key → present, `expire` → gone |
 */
export class Rooms {
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<string, Map<string, Member>>();
  readonly #away = new Set<Member>();
  #peers = 0;

  constructor(options: RoomsOptions) {
    this.#options = options;
  }

  get counts(): { rooms: number; peers: number } {
    return { rooms: this.#rooms.size, peers: this.#peers };
  }

  find(room: string, peer: string): Member | undefined {
    return this.#rooms.get(room)?.get(peer);
  }

  members(room: string): Member[] {
    return [...(this.#rooms.get(room)?.values() ?? [])];
  }

  /** Forgets everyone, or everyone in a room, without telling anyone. */
  clear(only?: string): void {
    const rooms = only === undefined ? [...this.#rooms.keys()] : [only];
    for (const room of rooms) {
      for (const member of this.members(room)) this.#away.delete(member);
      this.#peers -= this.#rooms.get(room)?.size ?? 0;
      this.#rooms.delete(room);
    }
  }

  /** Takes a place, or takes it again. The caller sends the welcome and then `outbox.pending()`. */
  join(request: JoinRequest): JoinResult {
    const known = this.find(request.room, request.peer);
    if (known && known.key === request.key) return this.#resume(known, request);
    const isAnew =
      known?.owner !== undefined && known.owner === request.owner && request.lastSeq === undefined;
    if (isAnew) this.leave(known, 'replaced');
    const refusal = this.#refusal(request, isAnew ? undefined : known);
    if (refusal) return { ok: false, refusal };
    return {
      ok: true,
      member: this.#enter(request),
      resumed: false,
      replaced: isAnew ? known.connection : undefined,
    };
  }

  /** The peer's connection is gone. Ignored when another one has taken over. */
  detach(member: Member, connection: Connection, nowMs: number): boolean {
    if (member.connection !== connection) return false;
    member.connection = undefined;
    member.expiresAtMs = nowMs + this.#options.resumeGraceMs;
    this.#away.add(member);
    return true;
  }

  /** Gives a place up and tells the others. */
  leave(member: Member, reason: LeaveReason): void {
    const room = this.#rooms.get(member.room);
    if (room?.get(member.peer) !== member) return;
    room.delete(member.peer);
    this.#away.delete(member);
    this.#peers -= 1;
    if (room.size === 0) this.#rooms.delete(member.room);
    this.#announce(room, { kind: 'peer-left', room: member.room, peer: member.peer, reason });
  }

  /** Gives up the places of everyone whose grace is over, and returns them. */
  expire(nowMs: number): Member[] {
    const lost = [...this.#away].filter(({ expiresAtMs }) => (expiresAtMs ?? Infinity) <= nowMs);
    for (const member of lost) this.leave(member, 'lost');
    return lost;
  }

  /** When {@link expire} will next have something to do; `undefined` when nobody is away. */
  get nextExpiryMs(): number | undefined {
    // Everyone has the same grace, so the one who went first is first in the set.
    return this.#away.values().next().value?.expiresAtMs;
  }

  /**
   * Hands a message to its recipient, or to everybody else in the sender's room. Empty when there is none.
   *
   * @param body the message as text, where there is one already
   */
  relay(message: RelayedMessage, sizeBytes: number, body = JSON.stringify(message)): Delivery[] {
    const room = this.#rooms.get(message.room);
    if (message.to !== undefined) {
      const member = room?.get(message.to);
      return member ? [{ to: member.peer, outcome: member.deliver(body, sizeBytes) }] : [];
    }
    const recipients = [...(room?.values() ?? [])].filter(({ peer }) => peer !== message.from);
    return recipients.map((member) => ({ to: member.peer, outcome: member.deliver(body, sizeBytes) }));
  }

  #resume(member: Member, { lastSeq = 0, connection }: JoinRequest): JoinResult {
    if (lastSeq < member.outbox.acknowledgedSeq || !member.outbox.acknowledge(lastSeq)) {
      const message = `nothing can be resumed after number ${lastSeq}: kept are ${member.outbox.acknowledgedSeq + 1} to ${member.outbox.lastSeq}`;
      return { ok: false, refusal: { code: 'resume-unknown', message } };
    }
    const replaced = member.connection;
    member.connection = connection;
    member.expiresAtMs = undefined;
    this.#away.delete(member);
    return { ok: true, member, resumed: true, replaced };
  }

  #refusal({ room, peer, lastSeq }: JoinRequest, known: Member | undefined): Refusal | undefined {
    const { limits } = this.#options;
    const members = this.#rooms.get(room);
    if (lastSeq !== undefined) {
      return {
        code: 'resume-unknown',
        message: `${peer} has no session to resume in room ${room}`,
        hint: 'it left, or was away for longer than the grace time; join anew with another key',
      };
    }
    if (known) {
      return {
        code: 'name-taken',
        message: `room ${room} already has a peer ${peer}`,
        hint: 'choose another name, or wait until the other one is gone',
      };
    }
    if (this.#peers >= limits.peers) return full('peer-limit', `${limits.peers} peers are connected`);
    if (!members && this.#rooms.size >= limits.rooms)
      return full('room-limit', `${limits.rooms} rooms are open`);
    if (members && members.size >= limits.peersPerRoom) {
      return full('peer-limit', `room ${room} has ${limits.peersPerRoom} peers`);
    }
    return undefined;
  }

  #enter({ room, peer, key, owner, connection }: JoinRequest): Member {
    const { queueLength, queueBytes } = this.#options.limits;
    const members = this.#rooms.get(room) ?? new Map<string, Member>();
    const outbox = new Outbox({ frames: queueLength, sizeBytes: queueBytes });
    const member = new Member({ room, peer, key, owner, connection, outbox });
    // First, as it may cost some of them their place.
    this.#announce(members, { kind: 'peer-joined', room, peer });
    const roster = JSON.stringify({ kind: 'roster', room, peers: [...members.keys()] });
    outbox.add(roster, roster.length);
    members.set(peer, member);
    this.#rooms.set(room, members);
    this.#peers += 1;
    return member;
  }

  /** A change of the roster must reach everyone: who has no place left for it has not read for long, and goes. */
  #announce(members: Map<string, Member>, event: Record<string, string>): void {
    const body = JSON.stringify(event);
    const overflown = [...members.values()].filter(
      (member) => member.deliver(body, body.length) === 'queue-full',
    );
    for (const member of overflown) {
      const { connection } = member;
      this.leave(member, 'removed');
      this.#options.onOverflow(member, connection);
    }
  }
}

function full(code: ErrorCode, what: string): Refusal {
  return {
    code,
    message: `${what}, and that is the limit`,
    hint: 'raise the limit, or end other calls first',
  };
}
