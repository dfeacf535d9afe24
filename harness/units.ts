/** A length of time as people write it: `'500ms'`, `'5s'`, `'2m'`, `'1h'`. A bare number does not compile. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h'}`;

/** A data rate as people write it: `'800kbps'`, `'2Mbps'`. */
export type DataRate = `${number}${'bps' | 'kbps' | 'Mbps' | 'Gbps'}`;

const MS_PER = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

/** Milliseconds, or `undefined` if the text is not a duration with a unit. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text.trim());
  if (!match) return undefined;
  return Number(match[1]) * MS_PER[match[2] as keyof typeof MS_PER];
}
