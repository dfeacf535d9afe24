import type { CallRecord } from '../call-record.ts';
import type { Reason } from '../result.ts';
import { describeImpairment, describeMeasured } from '../topology/describe.ts';
import { isImpaired as isLineImpaired } from '../topology/path.ts';
import { findImplausible, type CallWitness } from './plausible.ts';
import type { CallObserver } from './observe.ts';

/**
 * Where the lab itself saw that the network was not what was asked for: a link that measured otherwise before the
 * call, a change that had no effect. What broke in such a call proves nothing about the product.
 */
export function measuredProblems({ network }: CallRecord): Reason[] {
  const links = (network?.links ?? []).flatMap(({ link, direction, configured, measured, problem }) => {
    if (problem === undefined) return [];
    const [expected, actual] = [describeImpairment(configured), describeMeasured(measured)];
    const message = `${link} ${direction} was configured with ${expected}, measured ${actual}: ${problem}`;
    return [{ ...impairment(message), name: `${link} ${direction}`, expected, actual }];
  });
  const changes = (network?.changes ?? []).flatMap(({ role, what, problem }) => {
    if (problem === undefined) return [];
    const message = `${what} at ${role} did not take effect: ${problem}`;
    return [{ ...impairment(message), role, expected: what, actual: problem }];
  });
  return [...links, ...changes];
}

/** Where the call's own stats contradict the network it was to have. Only of calls that got as far as a hold. */
export function implausibleStats(
  record: CallRecord,
  observer: CallObserver,
  witness: CallWitness,
  isSaturated: boolean,
): Reason[] {
  return findImplausible(record, observer, witness, isSaturated).map(({ role, message, ...facts }) => ({
    ...impairment(message),
    role,
    ...facts,
  }));
}

/** Whether anything was to be impaired, or the script changed the network: rates then say little about the generator. */
export function isImpaired({ network }: CallRecord): boolean {
  if (!network) return false;
  const { sites = [], peers = [] } = network.topology ?? {};
  const links = [...sites, ...peers].flatMap(({ link }) => [link.uplink, link.downlink]);
  return network.changes.length > 0 || links.some(isLineImpaired);
}

function impairment(message: string): Reason {
  return { kind: 'impairment', status: 'inconclusive', message };
}
