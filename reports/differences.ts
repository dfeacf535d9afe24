import { isMetricName, METRICS } from '../harness/metrics/catalogue.ts';
import type { CallResult, CheckResult, PeerResult, RunResult } from '../harness/result.ts';
import { formatFigure, median } from './figures.ts';
import { describeCell } from './matrix.ts';

/** Something that was not the same in all browsers, or in all pairs of them. */
export interface Difference {
  /** `video codec`, `video frames change`. */
  what: string;
  /** Whose; empty if it is so for all roles, or nobody's own. */
  roles: string[];
  /** In which variants; empty if the scenario has none, or it is so in all of them. */
  variants: string[];
  /** What it was, and where: browsers if it depends on the peer's own alone, else pairs. */
  sides: { value: string; where: string[] }[];
}

/**
 * Where the browsers of a run differed: what they negotiated and reported, checks that came out otherwise or found
 * something else, and figures whose ranges do not overlap. Like is compared with like: a variant only with itself. Empty
 * if only one pair was tried.
 */
export function findDifferences(result: RunResult): Difference[] {
  const tried = result.calls.filter(({ status }) => status !== 'unsupported');
  const byVariant = groupBy(tried, ({ variant }) => variant?.name ?? '');
  const found = [...byVariant].flatMap(([variant, calls]) =>
    differencesOf(result, calls).map((each) => ({ ...each, variants: [variant] })),
  );
  const byRole = mergeBy(found, 'roles', result.scenario.roles.length);
  return mergeBy(byRole, 'variants', byVariant.size);
}

const MOST_NAMED = 3;

/** `caller, relay-tls: video codec`. */
export function differenceTitle({ what, roles, variants }: Difference): string {
  const which = variants.length > MOST_NAMED ? [`${variants.length} variants`] : variants;
  const whose = [...roles, ...which].join(', ');
  return whose === '' ? what : `${whose}: ${what}`;
}

function differencesOf(result: RunResult, calls: readonly CallResult[]): Difference[] {
  const pairs = groupBy(calls, (call) => pairOf(result, call));
  if (pairs.size < 2) return [];
  const traits = traitDifferences(result, pairs);
  const checks = checkDifferences(pairs).filter(
    (check) => !traits.some((trait) => saysTheSame(check, trait)),
  );
  return [...checks, ...traits, ...unreported(calls), ...figureDifferences(result, pairs)];
}

/** A check that held and looks at what was negotiated splits the pairs as that itself does. */
function saysTheSame(check: Difference, trait: Difference): boolean {
  const splitOf = ({ roles, sides }: Difference) => JSON.stringify([roles, sides.map(({ where }) => where)]);
  const held = check.sides.every(({ value }) => !/^(failed|inconclusive): /.test(value));
  return held && splitOf(check) === splitOf(trait);
}

const NOBODYS = { roles: [], variants: [] };
const ownOf = (role: string | undefined) => ({ roles: role === undefined ? [] : [role], variants: [] });

type ByPair = ReadonlyMap<string, readonly CallResult[]>;

function checkDifferences(pairs: ByPair): Difference[] {
  const all = groupBy(
    [...pairs.values()].flat().flatMap(({ checks }) => checks),
    keyOfCheck,
  );
  return [...all].flatMap(([key, [first]]) => {
    const { name: what, role } = first!;
    const seen = mapValues(pairs, (calls) =>
      calls.flatMap(({ checks }) => checks.filter((check) => keyOfCheck(check) === key)),
    );
    const verdicts = sidesOf(seen, ({ status }) => status, describeCheck);
    if (verdicts.length > 1) return [{ what, ...ownOf(role), sides: verdicts }];
    const facts = sidesOf(seen, ({ actual }) => masked(actual), describeCheck);
    return facts.length > 1 ? [{ what, ...ownOf(role), sides: facts }] : [];
  });
}

const keyOfCheck = ({ name, role }: CheckResult) => `${role ?? ''}: ${name}`;

const describeCheck = ({ status, actual }: CheckResult) =>
  status === 'passed' ? actual : `${status}: ${actual}`;

/** Addresses, figures and sizes of pictures are hardly ever the same twice; `VP8` is no figure. */
const masked = (text: string) =>
  text
    .replace(/(\[[\da-f:]+\]|\b\d+\.\d+\.\d+\.\d+\b|\S+\.local\b)(:\d+)?|\bunknown\b/gi, 'address')
    .replace(/(?<![\w.])\d+(\.\d+)?(×\d+)?(?!\w)/g, '#');

const TRAITS = [
  ['video codec', 'videoCodec'],
  ['audio codec', 'audioCodec'],
  ['DTLS cipher', 'dtlsCipher'],
  ['SRTP cipher', 'srtpCipher'],
  ['selected pair', 'selectedPair'],
  ['source', 'source'],
] as const satisfies [string, keyof PeerResult][];

function traitDifferences(result: RunResult, pairs: ByPair): Difference[] {
  const peers = [...pairs.values()].flat().flatMap((call) => Object.values(call.peers));
  return TRAITS.flatMap(([what, trait]) => {
    const text = (peer: PeerResult) => peer[trait] ?? '';
    const isTold = (peer: PeerResult) => peer[trait] !== undefined;
    const byBrowser = groupBy(peers.filter(isTold), ({ browser }) => browser);
    const isOwn = [...byBrowser.values()].every((own) => new Set(own.map(text)).size === 1);
    if (isOwn) return asDifference(what, undefined, sidesOf(byBrowser, text, text));
    return result.scenario.roles.flatMap((role) => {
      const byPair = mapValues(pairs, (calls) =>
        calls.flatMap((call) => call.peers[role] ?? []).filter(isTold),
      );
      return asDifference(what, role, sidesOf(byPair, text, text));
    });
  });
}

function asDifference(what: string, role: string | undefined, sides: Difference['sides']): Difference[] {
  return sides.length > 1 ? [{ what, ...ownOf(role), sides }] : [];
}

/** What one browser reported whenever a call passed, and another never did. */
function unreported(calls: readonly CallResult[]): Difference[] {
  const peers = calls
    .filter(({ status }) => status === 'passed')
    .flatMap((call) => Object.entries(call.peers).map(([role, peer]) => ({ ...peer, role })));
  const byBrowser = groupBy(peers, ({ browser }) => browser);
  // A caller has figures that no callee has: only who was in every role can be said not to report one.
  const roles = [...new Set(peers.map(({ role }) => role))];
  const isEverywhere = [...byBrowser.values()].every((own) =>
    roles.every((role) => own.some((peer) => peer.role === role)),
  );
  if (!isEverywhere) return [];
  const always = [...byBrowser.values()].flatMap((own) =>
    Object.keys(own[0]?.metrics ?? {}).filter((name) => own.every(({ metrics }) => name in metrics)),
  );
  const sides = [...byBrowser].flatMap(([browser, own]) => {
    const lacking = [...new Set(always)].filter((name) => own.every(({ metrics }) => !(name in metrics)));
    return lacking.length > 0 ? [{ value: lacking.toSorted().join(', '), where: [browser] }] : [];
  });
  return sides.length > 0 ? [{ what: 'not reported', ...NOBODYS, sides }] : [];
}

/** With fewer calls a pair's range says little. */
const ENOUGH_CALLS = 3;
/** Of the medians: below that a difference is of no consequence, however sure. */
const RATIO_OF_NOTE = 1.25;

function figureDifferences(result: RunResult, pairs: ByPair): Difference[] {
  return result.scenario.roles.flatMap((role) => {
    const byPair = mapValues(pairs, (calls) => calls.flatMap(({ peers }) => peers[role] ?? []));
    const names = new Set([...byPair.values()].flat().flatMap(({ metrics }) => Object.keys(metrics)));
    return [...names].filter(isMetricName).flatMap((name) => {
      const ranges = [...byPair].flatMap(([pair, all]) => {
        const range = rangeOf(all.flatMap(({ metrics }) => metrics[name] ?? []));
        return range ? [{ pair, ...range }] : [];
      });
      return areApart(ranges) ? [{ what: name, ...ownOf(role), sides: ranges.map(describeRange(name)) }] : [];
    });
  });
}

interface Range {
  min: number;
  med: number;
  max: number;
}

function rangeOf(values: readonly number[]): Range | undefined {
  const med = median(values);
  if (med === undefined || values.length < ENOUGH_CALLS) return undefined;
  return { min: Math.min(...values), med, max: Math.max(...values) };
}

function areApart(ranges: readonly Range[]): boolean {
  const sorted = ranges.toSorted((a, b) => a.med - b.med);
  const [lowest, highest] = [sorted[0], sorted.at(-1)];
  if (!lowest || !highest || lowest.max >= highest.min) return false;
  return lowest.med <= 0 || highest.med / lowest.med >= RATIO_OF_NOTE;
}

const describeRange =
  (name: keyof typeof METRICS) =>
  ({ pair, min, med, max }: Range & { pair: string }) => {
    const [low, middle, high] = [min, med, max].map((value) => formatFigure(value, METRICS[name].unit));
    return { value: `${middle} (${low} to ${high})`, where: [pair] };
  };

/** Groups by what was seen: those that saw the same are one side. Who saw several things is a side of its own. */
function sidesOf<Seen>(
  seen: ReadonlyMap<string, readonly Seen[]>,
  keyOf: (seen: Seen) => string,
  describe: (seen: Seen) => string,
): Difference['sides'] {
  const sides = groupBy(
    [...seen].filter(([, all]) => all.length > 0),
    ([, all]) => JSON.stringify([...new Set(all.map(keyOf))].toSorted()),
  );
  return [...sides.values()]
    .map((same) => {
      const all = new Map(same[0]![1].map((each) => [keyOf(each), describe(each)]));
      return { value: [...all.values()].join(' or '), where: same.map(([where]) => where).toSorted() };
    })
    .toSorted((a, b) => a.where[0]!.localeCompare(b.where[0]!));
}

/** What is the same for several is told once, with their names; of all there are, without. */
function mergeBy(found: readonly Difference[], by: 'roles' | 'variants', all: number): Difference[] {
  const told = groupBy(found, ({ sides, ...rest }) =>
    JSON.stringify([{ ...rest, [by]: [] }, sides.map(({ value, where }) => [masked(value), where])]),
  );
  return [...told.values()].map((same) => {
    const names = same.flatMap((each) => each[by]);
    return { ...same[0]!, [by]: names.length >= all ? [] : names };
  });
}

function pairOf(result: RunResult, { peers, cell }: CallResult): string {
  const assignment = result.cells.find(({ id }) => id === cell)?.assignment;
  const met = Object.entries(peers).map(([role, { browser }]) => [role, browser] as const);
  return describeCell(result, assignment ?? Object.fromEntries(met));
}

function groupBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

function mapValues<From, To>(map: ReadonlyMap<string, From>, to: (value: From) => To): Map<string, To> {
  return new Map([...map].map(([key, value]) => [key, to(value)]));
}
