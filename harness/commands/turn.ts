import { once } from 'node:events';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { ConfigError, NetworkError, type Problem } from '../errors.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { sweepLeftovers } from '../lifecycle/leftovers.mjs';
import { TemporaryFolder } from '../lifecycle/temporary-folder.ts';
import { freePorts, type TurnPorts } from '../turn/ports.ts';
import { runCertificate } from '../turn/run-certificate.ts';
import type { TurnListeners } from '../turn/turn-ledger.ts';
import { TurnServer } from '../turn/turn-server.ts';
import { parseDuration } from '../units.ts';
import { printJson, textOf, type Flags, type Io } from './io.ts';
import { listenForStop } from './stop-signals.ts';

const LOOPBACK = /^(127\.|::1$)/;
/** Whose credentials they are, in the server's log. */
const LABEL = 'user';

interface TurnCommandOptions {
  listen: string;
  port: number | undefined;
  tlsPort: number | undefined;
  ttlSeconds: number;
  realm: string;
}

/** The TURN server alone, for a user's own app, until a signal comes. What it does is told on stderr. */
export async function turn(flags: Flags, io: Io): Promise<ExitCode> {
  const { listen, realm, ttlSeconds, ...wanted } = readOptions(flags);
  using stop = listenForStop(io);
  sweepLeftovers();
  await using temporary = TemporaryFolder.open();
  const folder = temporary.create('turn');
  const certificate = await runCertificate({ ips: [listen] });
  const died = new AbortController();
  const opening = TurnServer.open({
    ips: [listen],
    ports: await portsOf(listen, wanted),
    allowLoopback: LOOPBACK.test(listen),
    folder,
    certificate,
    realm,
    env: { ...io.env },
    signal: stop.signal,
    listeners: narrator(io),
    emit: ({ type }) => type === 'turn-died' && died.abort(),
  });
  // Told to go before it was there: an orderly end all the same.
  const opened = await opening.catch((error: unknown) => {
    if (stop.signal.aborted) return undefined;
    throw error;
  });
  if (!opened) return EXIT_CODES.aborted;
  await using server = opened;
  const credentials = server.credentialsFor({ label: LABEL, ttlSeconds });
  print(
    {
      iceServers: server.servers.map(({ kind, url }) => ({ urls: url, ...(kind !== 'stun' && credentials) })),
      ...credentials,
      expires: new Date(Date.now() + ttlSeconds * 1000).toISOString(),
      realm,
      secret: server.secret,
      certificate: join(folder, 'cert.pem'),
      spkiSha256: certificate.spkiSha256,
    },
    flags,
    io,
  );
  const end = AbortSignal.any([stop.signal, died.signal]);
  if (!end.aborted) await once(end, 'abort');
  if (server.death) throw deathError(server.death);
  return EXIT_CODES.passed;
}

interface Printed {
  iceServers: RTCIceServer[];
  username: string;
  credential: string;
  expires: string;
  realm: string;
  secret: string;
  certificate: string;
  spkiSha256: string;
}

function print(printed: Printed, flags: Flags, io: Io): void {
  if (flags.json === true) return printJson(io, printed);
  const { iceServers, username, credential, expires, certificate, spkiSha256 } = printed;
  const urls = iceServers.map(({ urls: url }) => `url         ${String(url)}\n`);
  io.stdout.write(`${urls.join('')}username    ${username}
credential  ${credential}
expires     ${expires}

const iceServers = ${JSON.stringify(iceServers, null, 2)};

For turns: the browser must trust the certificate ${certificate}
  Chromium  --user-data-dir=FOLDER --ignore-certificate-errors-spki-list=${spkiSha256}
  Firefox   acceptInsecureCerts, or the certificate in its profile: certutil -A -t CT,,
`);
}

/** Lines for stderr as things happen. */
function narrator(io: Pick<Io, 'stderr'>): TurnListeners {
  const over = (transport: string | undefined) => transport ?? 'udp or tcp';
  return {
    onAllocation: ({ label, transport }) =>
      void io.stderr.write(`allocated for ${label} over ${over(transport)}\n`),
    onRefusal: ({ label = 'somebody', code, reason }) =>
      void io.stderr.write(`refused to ${label}: ${code} ${reason}\n`),
    onEnd: ({ label, transport, client, receivedBytes, sentBytes, ended }) => {
      const facts = [
        client && `from ${client}`,
        receivedBytes !== undefined && `${receivedBytes} bytes received`,
        sentBytes !== undefined && `${sentBytes} bytes sent`,
        ended?.reason,
      ];
      const said = facts.filter((fact) => typeof fact === 'string').join(', ');
      io.stderr.write(`ended for ${label} over ${over(transport)}: ${said}\n`);
    },
  };
}

/** Both or none need to be given. */
async function portsOf(
  listen: string,
  { port, tlsPort }: Pick<TurnCommandOptions, 'port' | 'tlsPort'>,
): Promise<TurnPorts | undefined> {
  if (port === undefined && tlsPort === undefined) return undefined;
  const free = await freePorts([listen]);
  return { port: port ?? free.port, tlsPort: tlsPort ?? free.tlsPort };
}

function readOptions(flags: Flags): TurnCommandOptions {
  const problems: Problem[] = [];
  const listen = textOf(flags, 'listen') ?? '127.0.0.1';
  const realm = textOf(flags, 'realm') ?? 'callrig.test';
  const ttl = textOf(flags, 'ttl') ?? '24h';
  const refuse = (path: string, expected: string, got: string) =>
    void problems.push({ path, expected, got: JSON.stringify(got) });
  if (isIP(listen) === 0 || listen === '0.0.0.0' || listen === '::')
    refuse('--listen', 'one IP address of this machine', listen);
  if (!/^[\w.-]+$/.test(realm)) refuse('--realm', 'letters, digits, dots and dashes', realm);
  const ttlMs = parseDuration(ttl);
  if (ttlMs === undefined || ttlMs < 1000) refuse('--ttl', 'a duration of 1 s or more, like "24h"', ttl);
  const port = readPort(flags, 'port', refuse);
  const tlsPort = readPort(flags, 'tls-port', refuse);
  if (port !== undefined && port === tlsPort) refuse('--tls-port', 'another port than --port', String(port));
  if (problems.length > 0) throw new ConfigError(problems);
  return { listen, realm, port, tlsPort, ttlSeconds: Math.floor((ttlMs ?? 0) / 1000) };
}

function readPort(
  flags: Flags,
  name: string,
  refuse: (path: string, expected: string, got: string) => void,
): number | undefined {
  const text = textOf(flags, name);
  if (text === undefined) return undefined;
  const port = /^\d+$/.test(text) ? Number(text) : NaN;
  if (port >= 1 && port <= 65_535) return port;
  refuse(`--${name}`, 'a port from 1 to 65535', text);
  return undefined;
}

function deathError(end: NonNullable<TurnServer['death']>): NetworkError {
  const how = end.signal ? `killed by ${end.signal}` : `exit code ${end.exitCode}`;
  return new NetworkError(`the TURN server died (pid ${end.pid}, ${how})`, {
    code: 'TURN_DIED',
    hint: `its last words: ${end.stderr.slice(-3).join(' | ')}`,
    details: { ...end },
  });
}
