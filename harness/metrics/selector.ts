import { closest, distance } from 'fastest-levenshtein';
import type { Problem } from '../errors.ts';
import { METRICS } from './catalogue.ts';
import { definitionOf, type CustomMetric, type KnownMetrics } from './custom-metrics.ts';

/** What the variants of a scenario can differ in: the tag that tells them apart. */
export const AXES = {
  path: 'the variant: the way the media takes, `relay-tls`',
  nat: 'the variant: what NATs the peers are behind',
  loss: 'the variant: how much is lost',
  network: 'the variant: the network the peers are in',
  signaling: 'the variant: what carries the signaling, `sse`',
  size: 'the variant: how many peers are in the room',
  case: 'the variant, whatever it is',
} as const;
export type Axis = keyof typeof AXES;

/** The tags a metric sample can carry, and what each says. */
export const TAGS = {
  pair: 'browser names in role order, `chrome:firefox`',
  cell: 'the cell: the pair, and the variant if the scenario has some',
  ...AXES,
  role: 'the peer: `caller`, `callee`, …',
  remote: 'the peer at the other end, on what is measured by connection where a peer has several',
  browser: "the browser's name in the plan",
  browser_version: 'as the browser says',
  codec: 'of the RTP stream, as the browser writes it, without the kind: `VP8`, `opus`',
  candidate_type: 'local type of the selected pair; `relay` if either side is relay',
  kind: '`audio` or `video`, on what is measured by stream',
  step: 'the stretch of the script that the whole interval lies in',
  load: 'the load that began the call',
  call: "the call's id",
} as const;
export type TagName = keyof typeof TAGS;

/** A metric and the tags its samples must have; k6's sub-metric. */
export interface Selector {
  /** As written: the key in thresholds and results. */
  text: string;
  metric: string;
  definition: CustomMetric;
  tags: Record<string, string>;
}

/** What a selector may name beside the catalogue's metrics and {@link TAGS}. */
export interface Vocabulary {
  /** Every metric there is. Default: the catalogue. */
  known?: KnownMetrics;
  /** Tags that loads give their calls. Default: none. */
  ownTags?: readonly string[];
}

const SELECTOR = /^\s*([^{}\s]+)\s*(?:\{([^{}]*)\})?\s*$/;

/**
 * `connect_ms{pair:chrome:firefox,role:caller}`: a tag's name ends at the first `:`, its value at the next `,`;
 * quotes around a value are taken off, as k6 does. Every problem found is pushed to `problems`.
 *
 * @returns `undefined` if there was one.
 */
export function parseSelector(
  text: string,
  path: string,
  problems: Problem[],
  { known = METRICS, ownTags = [] }: Vocabulary = {},
): Selector | undefined {
  const match = SELECTOR.exec(text);
  if (!match) {
    problems.push({ path, expected: 'a metric, or metric{tag:value}', got: JSON.stringify(text) });
    return undefined;
  }
  const [, metric = '', list] = match;
  const before = problems.length;
  const tags: Record<string, string> = {};
  const definition = definitionOf(known, metric);
  if (!definition) problems.push(unknownName(path, 'metric', metric, Object.keys(known)));
  for (const pair of pairsIn(list)) {
    const tag = parseTag(pair);
    const names = [...Object.keys(TAGS), ...ownTags];
    if (!tag) problems.push({ path, expected: 'tags like {pair:chrome:firefox}', got: JSON.stringify(pair) });
    else if (!names.includes(tag.name)) problems.push(unknownName(path, 'tag', tag.name, names));
    else tags[tag.name] = tag.value;
  }
  return definition && problems.length === before ? { text, metric, definition, tags } : undefined;
}

/** A selector that was found good before, whatever its tags; `undefined` if there is no such metric. */
export function readSelector(text: string, known: KnownMetrics = METRICS): Selector | undefined {
  const list = SELECTOR.exec(text)?.[2];
  const ownTags = pairsIn(list).flatMap((pair) => parseTag(pair)?.name ?? []);
  return parseSelector(text, text, [], { known, ownTags });
}

/** `connect_ms` of `connect_ms{pair:chrome:firefox}`. */
export function metricOf(selector: string): string {
  return SELECTOR.exec(selector)?.[1] ?? selector;
}

function pairsIn(list: string | undefined): string[] {
  return list === undefined ? [] : list.split(',');
}

function parseTag(pair: string): { name: string; value: string } | undefined {
  const colon = pair.indexOf(':');
  const name = pair.slice(0, colon).trim();
  const value = pair
    .slice(colon + 1)
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2');
  return colon < 0 || !name || !value ? undefined : { name, value };
}

function unknownName(path: string, what: string, name: string, known: string[]): Problem {
  const nearest = closest(name, known);
  const isNear = distance(name, nearest) <= name.length / 2;
  const hint = isNear ? `did you mean "${nearest}"?` : `the nearest known ${what} is "${nearest}"`;
  return { path, expected: `a known ${what}`, got: `"${name}"`, hint };
}

/** Whether a sample with these tags belongs to the selector. */
export function isSelected(selector: Selector, tags: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector.tags).every(([name, value]) => tags[name] === value);
}
