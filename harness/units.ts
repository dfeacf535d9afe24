/** A length of time as people write it: `'500ms'`, `'5s'`, `'2m'`, `'1h'`. A bare number does not compile. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h'}`;

/** A data rate as people write it: `'800kbps'`, `'2Mbps'`. */
export type DataRate = `${number}${'bps' | 'kbps' | 'Mbps' | 'Gbps'}`;

/** A share as people write it: `'2%'`, `'0.5%'`. */
export type Percentage = `${number}%`;

const MS_PER = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h)/g;
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;

/** Milliseconds, or `undefined` if the text is not a duration with a unit; several in a row, `1m30s`, add up. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text.trim())) return undefined;
  const parts = [...text.matchAll(PART)];
  return parts.reduce((sum, [, value, unit]) => sum + Number(value) * MS_PER[unit as keyof typeof MS_PER], 0);
}

const UNITS = ['h', 'm', 's', 'ms'] as const;

/** As people write it: `1m30s`, `500ms`; to the millisecond. */
export function renderDuration(durationMs: number): string {
  let left = Math.round(durationMs);
  const parts = UNITS.flatMap((unit) => {
    const count = Math.floor(left / MS_PER[unit]);
    left -= count * MS_PER[unit];
    return count > 0 ? [`${count}${unit}`] : [];
  });
  return parts.join('') || '0s';
}

const BITS_PER = { bps: 1, kbps: 1e3, Mbps: 1e6, Gbps: 1e9 } as const;
const DATA_RATE = /^(\d+(?:\.\d+)?)(bps|kbps|Mbps|Gbps)$/;

/** Bits per second, or `undefined` if the text is not a data rate with a unit. */
export function parseDataRate(text: string): number | undefined {
  const match = DATA_RATE.exec(text.trim());
  if (!match) return undefined;
  return Number(match[1]) * BITS_PER[match[2] as keyof typeof BITS_PER];
}

const PERCENTAGE = /^(\d+(?:\.\d+)?)%$/;

/** 0 to 1, or above it; `undefined` if the text is not a number with a percent sign. */
export function parsePercentage(text: string): number | undefined {
  const match = PERCENTAGE.exec(text.trim());
  return match ? Number(match[1]) / 100 : undefined;
}
