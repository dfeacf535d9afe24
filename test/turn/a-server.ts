import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { AsyncStack } from '../../harness/lifecycle/async-stack.ts';
import { TemporaryFolder } from '../../harness/lifecycle/temporary-folder.ts';
import type { RunEvent } from '../../harness/store/layout.ts';
import type { CredentialOptions, TurnTransport } from '../../harness/turn/credentials.ts';
import { runCertificate } from '../../harness/turn/run-certificate.ts';
import { TurnServer, type TurnServerOptions } from '../../harness/turn/turn-server.ts';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** A server on loopback in a run's folder of its own, and all it tells of. */
export class TestServer implements AsyncDisposable {
  readonly server: TurnServer;
  readonly folder: string;
  readonly events: RunEvent[];
  #stack: AsyncStack;
  #waiting: Set<() => void>;

  private constructor(
    opened: Pick<TestServer, 'server' | 'folder' | 'events'>,
    stack: AsyncStack,
    waiting: Set<() => void>,
  ) {
    this.server = opened.server;
    this.folder = opened.folder;
    this.events = opened.events;
    this.#stack = stack;
    this.#waiting = waiting;
  }

  static async open(options: Partial<TurnServerOptions> = {}): Promise<TestServer> {
    await using opening = new AsyncStack();
    const folder = opening.use(TemporaryFolder.open()).create('turn');
    const events: RunEvent[] = [];
    const waiting = new Set<() => void>();
    const server = opening.use(
      await TurnServer.open({
        ips: ['127.0.0.1'],
        allowLoopback: true,
        folder,
        certificate: await runCertificate({}),
        emit: (event) => {
          events.push(event);
          for (const look of waiting) look();
        },
        ...options,
      }),
    );
    return new TestServer({ server, folder, events }, opening.move(), waiting);
  }

  /** The first event of a type, as soon as there is one. */
  async event<Type extends RunEvent['type']>(type: Type): Promise<EventOf<Type>> {
    const isIt = (event: RunEvent): event is EventOf<Type> => event.type === type;
    return await new Promise((resolve) => {
      const look = () => {
        const found = this.events.find(isIt);
        if (!found) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** coturn's own client asks for an allocation, until an event of the type has come. */
  async allocate<Type extends 'turn-allocation' | 'turn-refused'>(
    type: Type,
    options: { transport: TurnTransport; label?: string; clients?: number } & Pick<CredentialOptions, 'kind'>,
  ): Promise<EventOf<Type>> {
    const { transport, label = '001-call.caller', clients = 1, kind = 'valid' } = options;
    const { username, credential } = this.server.credentialsFor({ label, transport, ttlSeconds: 60, kind });
    const { port, tlsPort } = this.server.ports;
    const flags = { udp: [], tcp: ['-t'], tls: ['-t', '-S'] }[transport];
    const at = ['-p', String(transport === 'tls' ? tlsPort : port), '127.0.0.1'];
    const args = ['-u', username, '-w', credential, '-y', '-c', '-m', String(clients), ...flags, ...at];
    const client = spawn('turnutils_uclient', args, { stdio: 'ignore' });
    const ended = once(client, 'exit');
    try {
      return await this.event(type);
    } finally {
      client.kill('SIGKILL');
      await ended;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }
}
