import type { ProcessSample } from '../../harness/call-record.ts';
import { AsyncStack } from '../../harness/lifecycle/async-stack.ts';
import { ControlServer } from '../../harness/peer/control-server.ts';
import type { BrowserDeath, HostedPage, PeerHost, SeatRequest } from '../../harness/peer/host.ts';
import { type FakeAgent, type FakeAgentOptions, openFakeAgent } from './fake-agent.ts';

export interface FakeHostOptions {
  /** How the agent of a role behaves; `nth` counts that role's pages from 0. Thrown: the page cannot be opened. */
  agent?: (role: string, nth: number) => FakeAgentOptions;
  /** Told once a page is there. */
  onPage?: (agent: FakeAgent, request: SeatRequest) => void;
  measure?: () => ProcessSample | undefined;
  /** What the browser's process said when it died. */
  death?: BrowserDeath;
  prepare?: () => Promise<void>;
  silenceMs?: number;
  /** Default true; a person's page can not. */
  canReload?: boolean;
  /** Pages may lie behind each other. */
  isUnseen?: boolean;
}

/** A {@link PeerHost} whose pages are fake agents, over the real control server. */
export class FakeHost implements PeerHost, AsyncDisposable {
  readonly server: ControlServer;
  /** By role, in the order they were opened. */
  readonly agents: Record<string, FakeAgent[]> = {};
  readonly prepared: string[] = [];
  open = 0;
  #options: FakeHostOptions;
  #asked = new Map<string, number>();
  #stack = new AsyncStack();

  private constructor(server: ControlServer, options: FakeHostOptions) {
    this.server = this.#stack.use(server);
    this.#options = options;
  }

  static async open(options: FakeHostOptions = {}): Promise<FakeHost> {
    const { silenceMs } = options;
    const server = await ControlServer.open({
      host: '127.0.0.1',
      ...(silenceMs !== undefined && { silenceMs }),
    });
    return new FakeHost(server, options);
  }

  async prepare(seats: readonly Pick<SeatRequest, 'browser'>[]): Promise<void> {
    this.prepared.push(...seats.map(({ browser }) => browser));
    await this.#options.prepare?.();
  }

  async openPage(request: SeatRequest): Promise<HostedPage> {
    const { role, browser } = request;
    const agents = (this.agents[role] ??= []);
    const nth = this.#asked.get(role) ?? 0;
    this.#asked.set(role, nth + 1);
    const options = this.#options.agent?.(role, nth);
    const seat = this.server.seat({ role });
    const agent = this.#stack.use(await openFakeAgent(seat.url, options));
    agents.push(agent);
    const channel = await seat.channel;
    this.open++;
    this.#options.onPage?.(agent, request);
    return {
      channel,
      browser,
      kind: 'chromium',
      version: '1.2.3',
      driver: 'puppeteer',
      pid: 4711,
      ...(this.#options.isUnseen && { isUnseen: true }),
      measure: () => this.#options.measure?.(),
      death: () => Promise.resolve(this.#options.death),
      ...(this.#options.canReload !== false && {
        reload: async () => {
          this.open--;
          seat.close();
          await channel[Symbol.asyncDispose]();
          return this.openPage(request);
        },
      }),
      close: async () => {
        this.open--;
        seat.close();
        await channel[Symbol.asyncDispose]();
      },
    };
  }

  /** The newest agent of a role. */
  agent(role: string): FakeAgent {
    return this.agents[role]!.at(-1)!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }
}
