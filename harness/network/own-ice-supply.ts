import type { TurnAllocation, TurnRefusal } from '../call-record.ts';
import { NetworkError } from '../errors.ts';
import type { IcePlan } from '../topology/ice.ts';
import { labelOf } from '../turn/credentials.ts';
import { iceServersOf } from '../turn/ice-servers.ts';
import { TurnServer, type TurnServerOptions } from '../turn/turn-server.ts';
import type { IceClient, IceSupply } from './ice-supply.ts';

/** Longer than any call: credentials that expire while it is up would end its allocations. */
const TTL_SECONDS = 24 * 60 * 60;

/** The run's own STUN and TURN server, started by the first call that needs it. */
export class OwnIceSupply implements IceSupply {
  readonly isOurs = true;
  #options: () => TurnServerOptions;
  #server: Promise<TurnServer> | undefined;
  #opened: TurnServer | undefined;

  /** @param options asked when the server is started: in a lab it cannot be before the lab is there. */
  constructor(options: () => TurnServerOptions) {
    this.#options = options;
  }

  async ready({ servers }: IcePlan, signal: AbortSignal): Promise<void> {
    if (servers.length === 0) return;
    this.#server ??= TurnServer.open({ ...this.#options(), signal });
    const opening = this.#server;
    try {
      this.#opened = await opening;
    } catch (error) {
      // What failed once is tried again by the next call.
      if (this.#server === opening) this.#server = undefined;
      throw error;
    }
    await this.#opened.start(signal);
  }

  configure(plan: IcePlan, client: IceClient): RTCConfiguration {
    const who = { label: labelOf(client), ttlSeconds: TTL_SECONDS, nowMs: Date.now() };
    const offered = (this.#opened?.servers ?? []).filter(({ url }) => isReachable(url, client));
    return { iceServers: iceServersOf(plan, offered, who), iceTransportPolicy: plan.policy };
  }

  allocations(client: IceClient): TurnAllocation[] {
    return this.#opened?.allocationsOf(labelOf(client)) ?? [];
  }

  refusals(client: IceClient): TurnRefusal[] {
    return this.#opened?.refusalsOf(labelOf(client)) ?? [];
  }

  death(): NetworkError | undefined {
    const end = this.#opened?.death;
    if (!end) return undefined;
    const how = end.signal === null ? `exit code ${end.exitCode}` : `killed by ${end.signal}`;
    return new NetworkError(`the run's TURN server died (pid ${end.pid}, ${how})`, {
      code: 'TURN_DIED',
      details: { phase: 'network', ...end },
    });
  }

  async stop(): Promise<void> {
    await this.#opened?.stop();
  }

  /** The namespace it ran in is gone: the next call starts another. */
  async reset(): Promise<void> {
    const opened = this.#opened;
    this.#server = this.#opened = undefined;
    await opened?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.catch(() => {});
    await this.reset();
  }
}

/** Names stand for both; an address is of use only to peers of its family. */
function isReachable(url: string, { ip = ['ipv4'] }: IceClient): boolean {
  const isAddress = /^\w+:(?:\d+\.|\[)/.test(url);
  return !isAddress || ip.includes(url.includes('[') ? 'ipv6' : 'ipv4');
}
