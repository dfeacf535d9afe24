import { PeerError, toError } from '../errors.ts';
import type { Phase } from '../call-record.ts';
import { withDeadline } from '../lifecycle/deadline.ts';
import type { StatsDelta } from '../stats/sample.ts';
import type { CallEvent } from '../store/layout.ts';
import { type ClockEstimate, harnessNow } from './clock.ts';
import { explainFault } from './faults.ts';
import type { HostedPage } from './host.ts';
import type { AgentCommands, CommandName } from './protocol.ts';
import { Told } from './told.ts';

/** How long a page may take for what needs no network, ms. */
export const COMMAND_MS = 20_000;

export interface PeerLinkOptions {
  role: string;
  page: HostedPage;
  /** Longest a step that needs the other side may take. */
  callTimeoutMs: number;
  signal: AbortSignal;
  onEvent: (event: CallEvent) => void;
  onStats: (delta: StatsDelta) => void;
}

export interface CommandOptions {
  /** Where a failure counts, unless the page knows better. Default `agent`. */
  phase?: Phase;
  timeoutMs?: number;
  /** What is waited for, as in `waiting for …`. Default: the page's doing it. */
  awaited?: string;
}

/**
 * The line to a peer's page: commands with deadlines, faults that name peer and phase, its clock against ours, and what
 * it told by itself. Outlives the page: {@link moveTo} goes on with another one.
 */
export class PeerLink {
  readonly role: string;
  readonly callTimeoutMs: number;
  readonly told = new Told();
  #page: HostedPage;
  #options: PeerLinkOptions;

  constructor(options: PeerLinkOptions) {
    this.#options = options;
    this.role = options.role;
    this.callTimeoutMs = options.callTimeoutMs;
    this.#page = options.page;
    this.#listen();
  }

  get page(): HostedPage {
    return this.#page;
  }

  /** The peer is in another page now. What the old one told of its connections stays known. */
  moveTo(page: HostedPage): void {
    this.#page = page;
    this.told.moved();
    this.#listen();
  }

  async command<Name extends CommandName>(
    name: Name,
    arg: AgentCommands[Name]['arg'],
    { phase = 'agent', timeoutMs = COMMAND_MS, awaited }: CommandOptions = {},
  ): Promise<AgentCommands[Name]['result']> {
    const what = awaited ?? `${this.role}'s page to ${name}`;
    return this.within(this.#page.channel.command(name, arg), { phase, timeoutMs, what });
  }

  /** The same with the time a call has, for what needs the other side. */
  awaitCommand<Name extends CommandName>(
    name: Name,
    arg: AgentCommands[Name]['arg'],
    options: CommandOptions & { awaited: string },
  ): Promise<AgentCommands[Name]['result']> {
    return this.command(name, arg, { timeoutMs: this.callTimeoutMs, ...options });
  }

  async within<Result>(
    work: Promise<Result>,
    {
      phase,
      timeoutMs,
      what,
      lastSeen = () => this.told.lastSeen(this.role),
    }: { phase: Phase; timeoutMs: number; what: string; lastSeen?: () => string },
  ): Promise<Result> {
    try {
      return await withDeadline(work, {
        timeoutMs,
        what,
        lastSeen,
        signal: this.#options.signal,
      });
    } catch (error) {
      this.#options.signal.throwIfAborted();
      throw explainFault(toError(error), { role: this.role, phase });
    }
  }

  /** Rejects when the page is gone; never resolves. */
  async gone(): Promise<never> {
    throw await this.#page.channel.gone;
  }

  /** @throws PeerError in the moment between a page's hello and its first answer to a ping */
  get clock(): ClockEstimate {
    const { estimate } = this.#page.channel.clock;
    if (estimate) return estimate;
    throw new PeerError(`${this.role}: its clock has not been compared with ours yet`, {
      code: 'PEER_CLOCK_UNKNOWN',
      details: { phase: 'agent', role: this.role },
    });
  }

  /** Epoch ms in the peer's clock → the harness's. */
  toHarness(t: number): number {
    return t - this.clock.offsetMs;
  }

  #listen(): void {
    this.#page.channel.listen({
      onStats: (delta) => this.#options.onStats(delta),
      onEvent: ({ t, name, data }) => {
        this.told.note(t, name, data);
        const offset = this.#page.channel.clock.estimate?.offsetMs ?? t - harnessNow();
        this.#options.onEvent({ t: t - offset, role: this.role, name, ...(data !== undefined && { data }) });
      },
    });
  }
}
