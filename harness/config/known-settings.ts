import type { Problem } from '../errors.ts';
import type { KnownFailure, KnownMode } from '../known/known-failure.ts';
import { KNOWN_FAILURES } from '../known/known-failures.ts';
import { fieldsOf, isFields, nameOf, reject, under, type Fields, type Written } from '../topology/fields.ts';
import type { SettingsReader } from './given.ts';

const REQUIRED = ['id', 'scenarios', 'browsers', 'failure', 'reason', 'since'];
const KEYS = [...REQUIRED, 'variants', 'link'];

/** `known` and `knownFailures`; what is wrong with them is pushed. The user's come after Callrig's own. */
export function readKnown(
  reader: SettingsReader,
  problems: Problem[],
): { mode: KnownMode; failures: KnownFailure[] } {
  const mode = reader.choice('known', ['tolerate', 'fail'], 'tolerate');
  const given = reader.inConfig('knownFailures');
  if (!given) return { mode, failures: [...KNOWN_FAILURES] };
  const at: Written = { value: given.value, path: given.path, problems };
  if (!Array.isArray(given.value)) {
    reject(at, 'a list of known failures');
    return { mode, failures: [] };
  }
  const own = given.value.flatMap((value: unknown, index) => {
    const written = { value, path: `${given.path}[${index}]`, problems };
    return isKnownFailure(written) ? [value as KnownFailure] : [];
  });
  return { mode, failures: [...KNOWN_FAILURES, ...own] };
}

function isKnownFailure(written: Written): boolean {
  const before = written.problems.length;
  const fields = fieldsOf(written, 'an object { id, scenarios, browsers, failure, reason, since }', KEYS);
  if (fields) checkFields(fields, written);
  return written.problems.length === before;
}

function checkFields(fields: Fields, written: Written): void {
  const at = (key: string) => under(written, key, fields[key]);
  for (const key of ['id', 'reason', 'since']) if (!isText(fields[key])) reject(at(key), 'a text');
  if (fields.link !== undefined && !isText(fields.link)) reject(at('link'), 'a URL');
  if (!isTexts(fields.scenarios)) reject(at('scenarios'), 'a list of names of scenarios');
  if (fields.variants !== undefined && !isTexts(fields.variants))
    reject(at('variants'), 'a list of names of variants');
  const failure = fieldsOf(at('failure'), 'an object { phase, check, message }', [
    'phase',
    'check',
    'message',
  ]);
  // A pattern that fits everything would hide everything.
  if (failure && Object.values(failure).filter(isText).length === 0) {
    reject(at('failure'), 'at least one of phase, check, message');
  }
  if (!isFields(fields.browsers) || Object.keys(fields.browsers).length === 0) {
    reject(at('browsers'), "an object of role → { kind: 'firefox', from: '140', to: '153' }");
    return;
  }
  for (const [role, range] of Object.entries(fields.browsers)) {
    const place = under(at('browsers'), role, range);
    const known = fieldsOf(place, 'an object { kind, from, to }', ['kind', 'from', 'to']);
    if (!known) continue;
    nameOf(under(place, 'kind', known.kind), 'chromium or firefox', ['chromium', 'firefox']);
    for (const end of ['from', 'to']) {
      const version = known[end];
      const isVersion = typeof version === 'string' && /^\d+(\.\d+)*$/.test(version);
      if (version !== undefined && !isVersion) reject(under(place, end, version), 'a version like "140"');
    }
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}
