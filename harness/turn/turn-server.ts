import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TurnAllocation, TurnRefusal } from '../call-record.ts';
import { NetworkError, toError } from '../errors.ts';
import { withDeadline } from '../lifecycle/deadline.ts';
import { OwnedProcess, type ProcessEnd } from '../lifecycle/owned-process.ts';
import { harnessNow } from '../peer/clock.ts';
import type { RunEvent } from '../store/layout.ts';
import { coturnConfig } from './coturn-config.ts';
import { locateCoturn } from './coturn.ts';
import { makeCredentials, type CredentialOptions, parseLabel, type TurnCredentials } from './credentials.ts';
import { type OfferedIceServer, ownIceServers } from './ice-servers.ts';
import { checkPorts, freePorts, type TurnPorts } from './ports.ts';
import type { RunCertificate } from './run-certificate.ts';
import { awaitBinding } from './stun-binding.mjs';
import { TurnLedger, type TurnListeners } from './turn-ledger.ts';

const STUN_BINDING = fileURLToPath(new URL('./stun-binding.mjs', import.meta.url));
/** It takes 20–70 ms on an idle machine, and 0.6 s on a busy one. */
const READY_MS = 20_000;
/** coturn looks for SCTP, which few systems have. */
const NOISE = /^socket: Protocol not supported$|^\d+: : $|^$/;

export interface TurnServerOptions {
  /** IPv4, IPv6 or both. */
  ips: readonly string[];
  /** Default: any two free ones. Those of a namespace must be given: only inside it can be seen what is free. */
  ports?: TurnPorts;
  /** Lets it relay to loopback: only when everything is there. */
  allowLoopback: boolean;
  /** Words in front of a command that make it run where the server shall be. Default: none. */
  enter?: readonly string[];
  /** An empty folder below the run's temporary folder; its owner removes it, and what is left of the server with it. */
  folder: string;
  certificate: Pick<RunCertificate, 'cert' | 'key'>;
  /** What peers reach TURN over TLS by; the certificate must be valid for it. Default `localhost`. */
  tlsName?: string;
  realm?: string;
  /** Default: a new random one. */
  secret?: string;
  /** Allocations at the same time. Default: 40 of one username, 4000 in all. */
  quota?: { user: number; total: number };
  signal?: AbortSignal;
  emit?: (event: RunEvent) => void;
  listeners?: TurnListeners;
  onOutput?: (line: string) => void;
  env?: NodeJS.ProcessEnv;
}

/**
 * coturn, for one run: its own ports, realm, secret and certificate; gone with the run.
 *
 * It is ready when it has answered a STUN binding request. What it does for whom comes from its log; see turn-ledger.ts.
 */
export class TurnServer implements AsyncDisposable {
  readonly ports: TurnPorts;
  /** All that peers can be offered, for `iceServersOf()`. */
  readonly servers: readonly OfferedIceServer[];
  readonly secret: string;
  #options: TurnServerOptions;
  #executable: string;
  #ledger: TurnLedger;
  #process: OwnedProcess | undefined;
  #death: ProcessEnd | undefined;
  #onPortTaken: (address: string) => void = () => {};

  private constructor(options: TurnServerOptions, ports: TurnPorts, executable: string) {
    const { ips, tlsName = 'localhost', secret = randomBytes(24).toString('hex') } = options;
    this.#options = options;
    this.#executable = executable;
    this.ports = ports;
    this.secret = secret;
    this.servers = ownIceServers({ ips, ...ports, tlsName, secret });
    this.#ledger = new TurnLedger({ now: harnessNow, listeners: this.#listeners() });
  }

  /**
   * Starts it. Ports of our own choice that somebody else took first are chosen once more, which is a `warning` event.
   *
   * @throws NetworkError when coturn is missing, a port cannot be had or it dies; TimeoutError when it does not answer
   * in time; the signal's reason when aborted. Nothing is left running then.
   */
  static async open(options: TurnServerOptions): Promise<TurnServer> {
    const { ips, ports, enter = [], emit, env = process.env, signal } = options;
    const executable = locateCoturn(env);
    if (ports) {
      if (enter.length === 0) await checkPorts(ips, ports);
      return await TurnServer.#openOn(options, ports, executable);
    }
    try {
      return await TurnServer.#openOn(options, await freePorts(ips), executable);
    } catch (error) {
      if (!isPortTaken(error)) throw error;
      signal?.throwIfAborted();
      emit?.({ t: harnessNow(), type: 'warning', message: `${error.message}: others were chosen` });
      return await TurnServer.#openOn(options, await freePorts(ips), executable);
    }
  }

  static async #openOn(options: TurnServerOptions, ports: TurnPorts, executable: string) {
    const server = new TurnServer(options, ports, executable);
    await server.start(options.signal);
    return server;
  }

  /** How it ended though nobody asked it to; `undefined` while all is well. */
  get death(): ProcessEnd | undefined {
    return this.#death;
  }

  /** Resolves when the process is gone, wanted or not; `undefined` when there is none. */
  get exited(): Promise<ProcessEnd> | undefined {
    return this.#process?.exited;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Credentials that expire, for whoever `label` says: `<call>.<role>`. */
  credentialsFor(options: Omit<CredentialOptions, 'secret' | 'nowMs'>): TurnCredentials {
    return makeCredentials({ ...options, secret: this.secret, nowMs: Date.now() });
  }

  /** What was allocated for a label, oldest first, as far as the log has told. */
  allocationsOf(label: string): TurnAllocation[] {
    return this.#ledger.allocationsOf(label);
  }

  /** What was refused to a label, oldest first. */
  refusalsOf(label: string): TurnRefusal[] {
    return this.#ledger.refusalsOf(label);
  }

  /** Ends it at once, and all that it has allocated. Does nothing when it does not run. */
  async stop(): Promise<void> {
    await this.#process?.end();
    this.#forget('the server was stopped');
  }

  /** Starts it again after {@link stop} or its death, on the same ports, with the same secret; errors as `open()`. */
  async start(signal?: AbortSignal): Promise<void> {
    if (this.#process) return;
    signal?.throwIfAborted();
    this.#death = undefined;
    const running = await this.#launch();
    this.#process = running;
    try {
      await this.#ready(running, signal);
    } catch (error) {
      await running.close();
      this.#process = undefined;
      throw error;
    }
    void running.exited.then((end) => this.#ended(running, end));
    const urls = this.servers.map(({ url }) => url);
    this.#emit({ t: harnessNow(), type: 'turn-started', pid: running.pid, urls });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.close();
    this.#forget('the server ended');
  }

  async #launch(): Promise<OwnedProcess> {
    const { enter = [], env = process.env, onOutput } = this.#options;
    const command = [...enter, this.#executable, '-c', this.#writeFiles()];
    try {
      return await OwnedProcess.start({
        command,
        env,
        noise: NOISE,
        onOutput: (line) => {
          const event = this.#ledger.read(line);
          if (event?.type === 'port-taken') this.#onPortTaken(event.address);
          onOutput?.(line);
        },
      });
    } catch (cause) {
      throw new NetworkError(`the TURN server could not be started: ${toError(cause).message}`, {
        code: 'TURN_NOT_STARTED',
        details: { command },
        cause,
      });
    }
  }

  /** Its config file, which holds the secret: for its own user's eyes only. */
  #writeFiles(): string {
    const { ips, folder, certificate, allowLoopback, realm = 'callrig.test', quota } = this.#options;
    const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
    const config = coturnConfig({
      ips,
      ...this.ports,
      realm,
      secret: this.secret,
      ...files,
      databaseFile: join(folder, 'turndb'),
      pidFile: join(folder, 'turnserver.pid'),
      allowLoopback,
      userQuota: quota?.user ?? 40,
      totalQuota: quota?.total ?? 4000,
      relayPorts: { min: 49_152, max: 65_535 },
    });
    const configFile = join(folder, 'turnserver.conf');
    writeFileSync(files.certFile, certificate.cert, { mode: 0o600 });
    writeFileSync(files.keyFile, certificate.key, { mode: 0o600 });
    writeFileSync(configFile, config, { mode: 0o600 });
    return configFile;
  }

  async #ready(running: OwnedProcess, signal: AbortSignal | undefined): Promise<void> {
    const over = new AbortController();
    const taken = new Promise<never>((_, reject) => {
      this.#onPortTaken = (address) => reject(portTaken(address, running));
    });
    const died = running.exited.then((end) => Promise.reject(diedEarly(end)));
    for (const promise of [taken, died]) promise.catch(() => {});
    try {
      const bound = Promise.all(this.#options.ips.map((ip) => this.#answer(ip, over.signal)));
      bound.catch(() => {});
      await withDeadline(Promise.race([bound, taken, died]), {
        timeoutMs: READY_MS,
        what: 'the TURN server to answer a STUN binding request',
        lastSeen: () => running.outputTail.at(-1),
        details: () => ({ output: [...running.outputTail] }),
        signal,
      });
    } finally {
      over.abort();
      this.#onPortTaken = () => {};
    }
  }

  async #answer(ip: string, signal: AbortSignal): Promise<void> {
    const { enter = [] } = this.#options;
    const { port } = this.ports;
    if (enter.length === 0) return await awaitBinding({ ip, port, signal });
    const command = [...enter, process.execPath, STUN_BINDING, ip, String(port), this.#options.folder];
    await using probe = await OwnedProcess.start({ command });
    const stopped = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    const end = await Promise.race([probe.exited, stopped]);
    if (end === undefined || end.exitCode === 0) return;
    throw new NetworkError('the STUN binding request could not be sent', {
      code: 'TURN_NOT_PROBED',
      hint: `its last words: ${end.stderr.slice(-3).join(' | ')}`,
      details: { ...end, command },
    });
  }

  #ended(running: OwnedProcess, end: ProcessEnd): void {
    if (this.#process !== running || running.closing) return;
    this.#death = end;
    this.#forget('the server died');
    this.#emit({ t: harnessNow(), type: 'turn-died', ...end });
  }

  #forget(reason: string): void {
    this.#process = undefined;
    this.#ledger.endAll(reason);
  }

  #listeners(): TurnListeners {
    const { onAllocation, onRefusal, onEnd } = this.#options.listeners ?? {};
    return {
      onAllocation: (allocation) => {
        const { t, label, transport } = allocation;
        const whose = parseLabel(label);
        this.#emit({ t, type: 'turn-allocation', label, ...whose, ...(transport && { transport }) });
        onAllocation?.(allocation);
      },
      onRefusal: (refusal) => {
        const { label } = refusal;
        this.#emit({ type: 'turn-refused', ...refusal, ...(label === undefined ? {} : parseLabel(label)) });
        onRefusal?.(refusal);
      },
      ...(onEnd && { onEnd }),
    };
  }

  #emit(event: RunEvent): void {
    this.#options.emit?.(event);
  }
}

function portTaken(address: string, { outputTail }: OwnedProcess): NetworkError {
  return new NetworkError(`the TURN server's port ${address} was taken before it could listen`, {
    code: 'TURN_PORT_TAKEN',
    hint: 'choose another port, or none for any free one',
    details: { address, output: [...outputTail] },
  });
}

function isPortTaken(error: unknown): error is NetworkError {
  return error instanceof NetworkError && error.code === 'TURN_PORT_TAKEN';
}

function diedEarly(end: ProcessEnd): NetworkError {
  const how = end.signal ? `killed by ${end.signal}` : `exit code ${end.exitCode}`;
  return new NetworkError(`the TURN server ended before it answered (pid ${end.pid}, ${how})`, {
    code: 'TURN_DIED',
    hint: end.stderr.length > 0 ? `its last words: ${end.stderr.slice(-3).join(' | ')}` : 'it said nothing',
    details: { ...end },
  });
}
