import type { Server } from 'node:net';
import { SignalingStubError } from './errors.ts';

/** Listens, or throws a {@link SignalingStubError} that says in one sentence why not. */
export async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (cause) {
    throw explain(cause, `${renderHost(host)}:${port}`);
  }
}

/** An address as it stands in a URL: IPv6 in brackets, and for "every address" the loopback one. */
export function renderHost(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}

function explain(cause: unknown, where: string): SignalingStubError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  const [ours, why, hint] = REASONS[code] ?? ['LISTEN_FAILED', `listening failed (${code})`, undefined];
  return new SignalingStubError(`cannot listen on ${where}: ${why}`, {
    code: ours,
    details: { where, code },
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}

const REASONS: Record<string, readonly [code: string, why: string, hint: string]> = {
  EADDRINUSE: ['PORT_IN_USE', 'the port is in use', 'choose another port, or 0 for any free one'],
  EACCES: ['PORT_FORBIDDEN', 'this port needs more rights', 'choose a port above 1023'],
  EADDRNOTAVAIL: ['ADDRESS_UNAVAILABLE', 'this machine has no such address', 'choose 127.0.0.1 or ::1'],
  ENOTFOUND: ['ADDRESS_UNAVAILABLE', 'the name has no address', 'choose 127.0.0.1 or ::1'],
  ERR_SOCKET_BAD_PORT: ['OPTIONS_INVALID', 'a port is a number from 0 to 65535', 'choose 0 for any free one'],
};
