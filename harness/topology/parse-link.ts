import type { Problem } from '../errors.ts';
import { parseDataRate, parseDuration, parsePercentage } from '../units.ts';
import { fieldsOf, nameOf, reject, under, type Fields, type Written } from './fields.ts';
import { LINKS } from './presets.ts';
import type { LinkName } from './spec.ts';
import type { Impairment, Link } from './topology.ts';

export const LINK_NAMES = Object.keys(LINKS) as LinkName[];
const IMPAIRMENTS = ['rate', 'delay', 'jitter', 'loss', 'lossBurst', 'duplicate', 'reorder', 'outage'];

/**
 * A link by its name or by its two directions, as numbers. What is left out, and what is zero, is not impaired.
 *
 * @param spec A `LinkName` or `LinkSpec`, unchecked.
 * @returns Only good if no problem was pushed.
 */
export function parseLink(spec: unknown, path: string, problems: Problem[]): Link {
  const written = { value: spec, path, problems };
  if (typeof spec === 'string') {
    const name = nameOf(written, "a link's name, or { uplink, downlink }", LINK_NAMES);
    return name === undefined ? { uplink: {}, downlink: {} } : parseLink(LINKS[name], path, problems);
  }
  const fields = fieldsOf(written, "a link's name, or { uplink, downlink }", ['uplink', 'downlink']) ?? {};
  return {
    uplink: parseImpairment(under(written, 'uplink', fields.uplink)),
    downlink: parseImpairment(under(written, 'downlink', fields.downlink)),
  };
}

function parseImpairment(written: Written): Impairment {
  if (written.value === undefined) return {};
  const fields = fieldsOf(written, 'an object like { rate: "2Mbps", delay: "50ms" }', IMPAIRMENTS);
  if (!fields) return {};
  const at = (key: string): Written => under(written, key, fields[key]);
  const numbers = {
    rateBps: rateOf(at('rate')),
    delayMs: durationOf(at('delay')),
    jitterMs: durationOf(at('jitter')),
    lossRatio: ratioOf(at('loss')),
    lossBurst: burstOf(at('lossBurst')),
    duplicateRatio: ratioOf(at('duplicate')),
    reorderRatio: ratioOf(at('reorder')),
  };
  if (fields.outage !== undefined && typeof fields.outage !== 'boolean')
    reject(at('outage'), 'true or false');
  checkTogether(numbers, fields, at);
  // Runs of one packet are what loss is anyway.
  if (!numbers.lossRatio || numbers.lossBurst === 1) numbers.lossBurst = undefined;
  return { ...withoutZeroes(numbers), ...(fields.outage === true ? { outage: true } : {}) };
}

/** What makes sense only beside something else; silent about a delay that was told of already. */
function checkTogether(
  { delayMs, jitterMs = 0, reorderRatio = 0 }: Record<string, number | undefined>,
  fields: Fields,
  at: (key: string) => Written,
): void {
  const delay = fields.delay === undefined ? 0 : delayMs;
  if (jitterMs > 0 && delay === 0) {
    reject(at('jitter'), 'a delay for the jitter to vary', 'add delay');
  } else if (delay !== undefined && jitterMs > delay) {
    reject(at('jitter'), 'at most the delay', 'no packet arrives before it is sent');
  }
  if (reorderRatio > 0 && delay === 0) {
    reject(at('reorder'), 'a delay that some packets are spared', 'add delay');
  }
  if (fields.lossBurst !== undefined && fields.loss === undefined) {
    reject(at('lossBurst'), 'a loss that comes in bursts', 'add loss');
  }
}

function rateOf(written: Written): number | undefined {
  const bps = textOf(written, 'a data rate like "2Mbps", above 0', 'add a unit', parseDataRate);
  if (bps !== 0) return bps;
  return reject(written, 'a data rate above 0', 'nothing gets through with outage: true');
}

function durationOf(written: Written): number | undefined {
  return textOf(written, 'a duration like "50ms", 0 or more', 'add a unit', parseDuration);
}

function ratioOf(written: Written): number | undefined {
  const expected = 'a share like "2%", from 0% to 100%';
  const ratio = textOf(written, expected, 'add a percent sign', parsePercentage);
  return ratio !== undefined && ratio > 1 ? reject(written, expected) : ratio;
}

/** What a text with a unit says; `undefined` if it is not there, or is wrong. */
function textOf(
  written: Written,
  expected: string,
  hint: string,
  parse: (text: string) => number | undefined,
): number | undefined {
  const { value } = written;
  if (value === undefined) return undefined;
  const number = typeof value === 'string' ? parse(value) : undefined;
  if (number !== undefined) return number;
  const isBare = typeof value === 'number' || (typeof value === 'string' && /^[\d.]+$/.test(value));
  return reject(written, expected, isBare ? hint : undefined);
}

function burstOf(written: Written): number | undefined {
  const { value } = written;
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 1) return value;
  return reject(written, 'a mean number of packets, 1 or more');
}

/** Only what impairs. */
function withoutZeroes(numbers: Record<string, number | undefined>): Impairment {
  return Object.fromEntries(
    Object.entries(numbers).filter(([, number]) => number !== undefined && number > 0),
  );
}
