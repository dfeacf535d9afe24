import type { Impairment } from '../../topology/topology.ts';
import { heldBytes } from './queue.ts';

const PARAMETERS = ['loss', 'lostburst', 'delay', 'dup', 'bandwidth', 'chanbufsize'] as const;
export type WirefilterParameter = (typeof PARAMETERS)[number];

/** A parameter's value and how far it strays; `N` strays normally, with a third of `plus` as standard deviation. */
export interface WirefilterValue {
  value: number;
  plus: number;
}

export type WirefilterSettings = Record<WirefilterParameter, WirefilterValue>;

/** As `showinfo` calls them. */
const SHOWN: Record<WirefilterParameter, string> = {
  loss: 'Loss',
  lostburst: 'Lburst',
  delay: 'Delay',
  dup: 'Dup',
  bandwidth: 'Bandw',
  chanbufsize: 'Cap.',
};

/** `showinfo` prints six digits. */
const SHOWN_PRECISION = 1e-5;

/** One direction's impairment in wirefilter(1)'s words: percent, whole milliseconds, bytes per second. */
export function wirefilterSettings(impairment: Impairment): WirefilterSettings {
  const { rateBps, delayMs = 0, jitterMs = 0, lossRatio = 0, lossBurst, duplicateRatio = 0 } = impairment;
  const isLost = impairment.outage === true || lossRatio >= 1;
  const hasBursts = !isLost && lossRatio > 0 && lossBurst !== undefined && lossBurst > 1;
  return {
    loss: fixed(isLost ? 100 : lossRatio * 100),
    lostburst: fixed(hasBursts ? lossBurst : 0),
    // It cuts what is less than a millisecond off each packet's own delay.
    delay: jitterMs > 0 ? { value: delayMs + 0.5, plus: 3 * jitterMs } : fixed(Math.round(delayMs)),
    dup: fixed(duplicateRatio * 100),
    bandwidth: fixed(rateBps === undefined ? 0 : Math.max(1, Math.round(rateBps / 8))),
    chanbufsize: fixed(heldBytes(impairment) ?? 0),
  };
}

/** What of an impairment wirefilter cannot do, a sentence each. */
export function wirefilterLacks(impairment: Impairment): string[] {
  const { lossRatio = 0, lossBurst = 1, duplicateRatio = 0, reorderRatio = 0 } = impairment;
  const lacks: string[] = [];
  if (reorderRatio > 0) lacks.push('it cannot reorder packets');
  if (duplicateRatio >= 1) lacks.push('it would send a packet for ever when all are duplicated');
  if (lossBurst > 1 && lossRatio < 1 && lossRatio > lossBurst / (1 + lossBurst))
    lacks.push(
      `runs of ${lossBurst} lost packets make at most ${percent(lossBurst / (1 + lossBurst))} of loss`,
    );
  return lacks;
}

/** Commands for the management socket, one a line. */
export function wirefilterCommands(settings: WirefilterSettings): string[] {
  return PARAMETERS.map((name) => {
    const { value, plus } = settings[name];
    return plus === 0 ? `${name} ${value}` : `${name} ${value}+${plus}N`;
  });
}

/** Reads what `showinfo` says of a wirefilter with one direction. What it does not say is not there. */
export function parseShowinfo(text: string): Partial<WirefilterSettings> {
  const number = String.raw`(-?[\d.]+(?:e[-+]?\d+)?)`;
  const settings: Partial<WirefilterSettings> = {};
  for (const name of PARAMETERS) {
    const line = new RegExp(`^${SHOWN[name].replace('.', String.raw`\.`)}\\s+${number}\\+${number}[UN]`, 'm');
    const [, value, plus] = line.exec(text) ?? [];
    if (value !== undefined && plus !== undefined)
      settings[name] = { value: Number(value), plus: Number(plus) };
  }
  return settings;
}

/** The parameters that are not as wanted, `NAME is GOT, not WANTED` each. */
export function notTaken(wanted: WirefilterSettings, shown: Partial<WirefilterSettings>): string[] {
  return PARAMETERS.filter((name) => !isSame(wanted[name], shown[name])).map(
    (name) => `${name} is ${words(shown[name])}, not ${words(wanted[name])}`,
  );
}

function isSame(wanted: WirefilterValue, shown: WirefilterValue | undefined): boolean {
  const isNear = (a: number, b: number) => Math.abs(a - b) <= SHOWN_PRECISION * Math.max(1, Math.abs(a));
  return shown !== undefined && isNear(wanted.value, shown.value) && isNear(wanted.plus, shown.plus);
}

function words(value: WirefilterValue | undefined): string {
  return value === undefined ? 'not told' : `${value.value}${value.plus === 0 ? '' : `+${value.plus}`}`;
}

function fixed(value: number): WirefilterValue {
  return { value, plus: 0 };
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 1000) / 10} %`;
}
