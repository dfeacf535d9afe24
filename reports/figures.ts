/** What stands where nothing was reported. Never 0: absent is not zero. */
export const ABSENT = '–';

type Formatter = (value: number) => string;

const FORMATTERS: Record<string, Formatter> = {
  ms: (value) => (Math.abs(value) >= 10_000 ? `${digits(value / 1000)} s` : `${digits(value)} ms`),
  bps: (value) => scaled(value, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s']),
  bytes: (value) => scaled(value, ['B', 'kB', 'MB', 'GB']),
  'bytes/min': (value) => `${scaled(value, ['B', 'kB', 'MB', 'GB'])}/min`,
  ratio: formatRatio,
  seconds: (value) => `${digits(value)} s`,
  count: (value) => digits(value),
};

/** A number with its unit as people read it: `192 ms`, `1.4 Mbit/s`, `0.04 %`; {@link ABSENT} when not reported. */
export function formatFigure(value: number | undefined, unit: string): string {
  if (value === undefined || !Number.isFinite(value)) return ABSENT;
  const format = FORMATTERS[unit];
  return format ? format(value) : `${digits(value)} ${unit}`.trim();
}

/** A length of time for people: `840 ms`, `5.4 s`, `1 min 20 s`, `2 h 3 min`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 59_950) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 3600) return withRest(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  return withRest(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min');
}

/** `1 call`, `3 calls`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The value in the middle; the mean of the two middle ones of an even number. `undefined` of nothing. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}

/** Three significant digits, whole numbers from 100 up, no trailing zeros. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return String(Math.round(value));
  return String(Number(value.toFixed(size >= 10 ? 1 : 2)));
}

function scaled(value: number, units: readonly string[]): string {
  let rest = value;
  let power = 0;
  while (Math.abs(rest) >= 1000 && power < units.length - 1) {
    rest /= 1000;
    power += 1;
  }
  return `${digits(rest)} ${units[power]}`;
}

/** Never rounds to the ideal: a loss of 1 in 100 000 is not `0 %`, and 0.9999 is not `100 %`. */
function formatRatio(ratio: number): string {
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.01) return '<0.01 %';
  if (percent < 100 && percent > 99.99) return '>99.99 %';
  return `${Number(percent.toFixed(Math.abs(percent) >= 10 && percent < 99.9 ? 1 : 2))} %`;
}

function withRest(whole: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${restUnit}`;
}
