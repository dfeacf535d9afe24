import { NetworkError } from '../errors.ts';
import type { IcePlan } from '../topology/ice.ts';
import { labelOf } from '../turn/credentials.ts';
import type { GivenIceServer } from '../turn/given-servers.ts';
import { canExpire, iceServersOf } from '../turn/ice-servers.ts';
import type { IceClient, IceSupply } from './ice-supply.ts';

const TTL_SECONDS = 24 * 60 * 60;

/** The user's own STUN and TURN servers. What they do is not known here, and they are not ours to stop. */
export class GivenIceSupply implements IceSupply {
  readonly isOurs = false;
  #servers: readonly GivenIceServer[];

  constructor(servers: readonly GivenIceServer[]) {
    this.#servers = servers;
  }

  async ready({ credentials, servers }: IcePlan): Promise<void> {
    const fixed = this.#servers.find((server) => server.kind !== 'stun' && !canExpire(server));
    if (credentials !== 'expired' || servers.length === 0 || !fixed) return;
    throw new NetworkError(`credentials that have expired cannot be made for ${fixed.url}`, {
      code: 'UNSUPPORTED',
      hint: 'give its REST secret: --turn-secret or CALLRIG_TURN_SECRET',
      details: { phase: 'network' },
    });
  }

  configure(plan: IcePlan, client: IceClient): RTCConfiguration {
    const who = { label: labelOf(client), ttlSeconds: TTL_SECONDS, nowMs: Date.now() };
    return { iceServers: iceServersOf(plan, this.#servers, who), iceTransportPolicy: plan.policy };
  }

  allocations(): [] {
    return [];
  }

  refusals(): [] {
    return [];
  }

  death(): undefined {
    return undefined;
  }

  async stop(): Promise<void> {
    throw new NetworkError("the TURN server is the user's own: it cannot be stopped", {
      code: 'UNSUPPORTED',
      hint: 'leave --turn out for this scenario',
      details: { phase: 'network' },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
