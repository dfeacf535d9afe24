import type { GivenIceServer } from './given-servers.ts';

const INSTEAD = '[redacted]';

/** What nobody may read in a log or a report: passwords and REST secrets. */
export function secretsOf(servers: readonly Pick<GivenIceServer, 'credential' | 'secret'>[]): string[] {
  return servers.flatMap(({ credential, secret }) =>
    [credential, secret].filter((text) => text !== undefined),
  );
}

/** The text with every secret in it replaced, also where it is written for a URL or within JSON. */
export function redact(text: string, secrets: readonly string[]): string {
  const spellings = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ]);
  return spellings
    .filter((spelling) => spelling !== '')
    .toSorted((a, b) => b.length - a.length)
    .reduce((redacted, spelling) => redacted.replaceAll(spelling, INSTEAD), text);
}
