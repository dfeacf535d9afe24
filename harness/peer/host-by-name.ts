import { isBot } from '../plan/bots.ts';
import type { HostedPage, PeerHost, SeatRequest } from './host.ts';

/** Sends each peer to the host that can open it: a person's page, a bot without a browser, else this machine. */
export class HostByName implements PeerHost {
  #hosts: { local: PeerHost; manual: PeerHost; bots: PeerHost };

  constructor(hosts: { local: PeerHost; manual: PeerHost; bots: PeerHost }) {
    this.#hosts = hosts;
  }

  async prepare(seats: Parameters<PeerHost['prepare']>[0], signal: AbortSignal): Promise<void> {
    const { local, bots } = this.#hosts;
    const named = seats.filter(({ browser }) => browser !== 'manual');
    await Promise.all([
      local.prepare(
        named.filter(({ browser }) => !isBot(browser)),
        signal,
      ),
      bots.prepare(
        named.filter(({ browser }) => isBot(browser)),
        signal,
      ),
    ]);
  }

  openPage(request: SeatRequest): Promise<HostedPage> {
    return this.#hostOf(request.browser).openPage(request);
  }

  #hostOf(browser: string): PeerHost {
    const { local, manual, bots } = this.#hosts;
    if (browser === 'manual') return manual;
    return isBot(browser) ? bots : local;
  }
}
