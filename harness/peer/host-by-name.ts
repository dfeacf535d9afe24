import type { HostedPage, PeerHost, SeatRequest } from './host.ts';

/** Sends each peer to the host that can open it: a person's page when its browser is `manual`, else this machine. */
export class HostByName implements PeerHost {
  #local: PeerHost;
  #manual: PeerHost;

  constructor({ local, manual }: { local: PeerHost; manual: PeerHost }) {
    this.#local = local;
    this.#manual = manual;
  }

  async prepare(seats: Parameters<PeerHost['prepare']>[0], signal: AbortSignal): Promise<void> {
    const local = seats.filter(({ browser }) => browser !== 'manual');
    await this.#local.prepare(local, signal);
  }

  openPage(request: SeatRequest): Promise<HostedPage> {
    return (request.browser === 'manual' ? this.#manual : this.#local).openPage(request);
  }
}
