export interface CoturnOptions {
  ips: readonly string[];
  port: number;
  tlsPort: number;
  realm: string;
  /** Shared with whoever makes credentials. */
  secret: string;
  /** Files that exist, PEM. */
  certFile: string;
  keyFile: string;
  /** Files that coturn makes. */
  databaseFile: string;
  pidFile: string;
  /** Peers may be on loopback: only when everything of the run is. */
  allowLoopback: boolean;
  /** Allocations at the same time, of one username and of all. */
  userQuota: number;
  totalQuota: number;
  relayPorts: { min: number; max: number };
}

/**
 * coturn's config file. A file rather than flags: it keeps the secret out of the command line, and an older coturn warns
 * of a line that it does not know where it would end over a flag.
 *
 * @see https://github.com/coturn/coturn/blob/master/README.turnserver
 */
export function coturnConfig(options: CoturnOptions): string {
  const { ips, port, tlsPort, realm, secret, relayPorts, allowLoopback, userQuota, totalQuota } = options;
  const lines = [
    ...ips.flatMap((ip) => [`listening-ip=${ip}`, `relay-ip=${ip}`]),
    `listening-port=${port}`,
    `tls-listening-port=${tlsPort}`,
    `min-port=${relayPorts.min}`,
    `max-port=${relayPorts.max}`,
    // A peer that came over IPv6 and does not say what it wants gets an IPv6 address.
    ...(ips.some((ip) => ip.includes(':')) ? ['allocation-default-address-family=keep'] : []),
    `realm=${realm}`,
    'use-auth-secret',
    `static-auth-secret=${secret}`,
    `user-quota=${userQuota}`,
    `total-quota=${totalQuota}`,
    `cert=${options.certFile}`,
    `pkey=${options.keyFile}`,
    `userdb=${options.databaseFile}`,
    `pidfile=${options.pidFile}`,
    // Its log is our only source: all of it on stdout, as it happens.
    'log-file=stdout',
    'simple-log',
    'verbose',
    'no-cli',
    'no-dtls',
    'no-tcp-relay',
    'no-rfc5780',
    'no-multicast-peers',
    'no-software-attribute',
    ...(allowLoopback ? ['allow-loopback-peers'] : []),
  ];
  return `${lines.join('\n')}\n`;
}
