import os from 'node:os';
import { PeerError, TimeoutError } from '../errors.ts';
import { withDeadline } from '../lifecycle/deadline.ts';
import type { RunEvent } from '../store/layout.ts';
import { harnessNow } from './clock.ts';
import type { ControlChannel } from './control-channel.ts';
import type { AgentSeat, ControlServer } from './control-server.ts';
import type { HostedPage, PeerHost, SeatRequest } from './host.ts';

export interface ManualHostOptions {
  server: ControlServer;
  /** What the run's server listens on: decides which URL a person can open. */
  listen: string;
  /** The origin by which others reach it, if that is not its own. */
  publicUrl?: string | undefined;
  timeoutMs: number;
  emit: (event: RunEvent) => void;
}

interface Visitor {
  seat: AgentSeat;
  /** `undefined` until somebody came. */
  channel?: ControlChannel;
  /** In a call: others that run at the same time need somebody else. */
  isBusy: boolean;
}

/**
 * Peers in a person's own browser: prints where to go, waits, and keeps the page for all calls of its role, one at a
 * time.
 *
 * A page that was closed makes the next call wait for a new visitor.
 */
export class ManualHost implements PeerHost {
  #options: ManualHostOptions;
  #visitors = new Map<string, Visitor[]>();

  constructor(options: ManualHostOptions) {
    this.#options = options;
  }

  async prepare(): Promise<void> {}

  async openPage({ role, browser, signal }: SeatRequest): Promise<HostedPage> {
    const visitor = this.#takeVisitor(role);
    const channel = await this.#arrival(visitor, role, signal).catch((error: unknown) => {
      visitor.isBusy = false;
      throw error;
    });
    return {
      channel,
      browser,
      measure: () => undefined,
      death: () => Promise.resolve(undefined),
      close: async () => {
        channel.listen(undefined);
        await channel.command('reset', null).catch(() => {});
        visitor.isBusy = false;
      },
    };
  }

  /** Somebody who is there and free, or a seat for who is to come. */
  #takeVisitor(role: string): Visitor {
    const known = this.#visitors.get(role) ?? [];
    const free = known.find(({ isBusy, channel }) => !isBusy && channel && !channel.lost);
    if (free) {
      free.isBusy = true;
      return free;
    }
    for (const { isBusy, seat } of known) if (!isBusy) seat.close();
    const seat = this.#options.server.seat({ role, manual: true, origin: this.#origin() });
    const visitor: Visitor = { seat, isBusy: true };
    this.#visitors.set(role, [...known.filter(({ isBusy }) => isBusy), visitor]);
    return visitor;
  }

  async #arrival(visitor: Visitor, role: string, signal: AbortSignal): Promise<ControlChannel> {
    if (visitor.channel) return visitor.channel;
    const { seat } = visitor;
    const { timeoutMs, emit } = this.#options;
    emit({ t: harnessNow(), type: 'manual-peer', role, url: seat.url, qr: await qrCode(seat.url) });
    visitor.channel = await withDeadline(seat.channel, {
      timeoutMs,
      what: `a person to join as ${role}`,
      signal,
    }).catch((cause: unknown) => {
      signal.throwIfAborted();
      if (!(cause instanceof TimeoutError)) throw cause;
      throw new PeerError(`nobody joined as ${role} within ${timeoutMs} ms`, {
        code: 'MANUAL_PEER_ABSENT',
        hint: `open ${seat.url} in the browser that shall take part, and press "Join the call"`,
        details: { phase: 'agent', role },
        cause,
      });
    });
    const { userAgent } = visitor.channel.hello;
    emit({ t: harnessNow(), type: 'manual-peer-joined', role, userAgent });
    return visitor.channel;
  }

  /** The server's address as another device sees it. */
  #origin(): string {
    const { server, listen, publicUrl } = this.#options;
    if (publicUrl !== undefined) return publicUrl;
    const address = listen === '0.0.0.0' || listen === '::' ? (lanAddress() ?? '127.0.0.1') : listen;
    const host = address.includes(':') ? `[${address}]` : address;
    return `${new URL(server.origin).protocol}//${host}:${server.port}`;
  }
}

function lanAddress(): string | undefined {
  const addresses = Object.values(os.networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

async function qrCode(url: string): Promise<string> {
  const { default: qr } = await import('qrcode');
  return qr.toString(url, { type: 'terminal', small: true });
}
