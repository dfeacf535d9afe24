import { isFields, reject, type Written } from '../topology/fields.ts';

/** Tags that every sample of a call has from Callrig itself: a load cannot give others. */
const TAKEN_TAGS = ['pair', 'cell', 'role', 'browser', 'browser_version', 'load', 'call'];
const NAME = /^[A-Za-z0-9_]+$/;

/** The tags of a load; none if there are none, or they are not good. */
export function parseTags(written: Written): Record<string, string> {
  const { value } = written;
  if (value === undefined) return {};
  if (!isFields(value) || !Object.values(value).every((tag) => typeof tag === 'string')) {
    reject(written, 'texts by name');
    return {};
  }
  for (const name of Object.keys(value)) {
    const at = { ...written, value: name };
    if (TAKEN_TAGS.includes(name)) reject(at, 'a name of its own', `every call has its ${name} already`);
    else if (!NAME.test(name)) reject(at, 'a name of letters, digits and _');
  }
  return { ...(value as Record<string, string>) };
}

/** Names of the tags that loads, as they were written, give their calls; what is no load has none. */
export function loadTags(...specs: unknown[]): string[] {
  const profiles = specs
    .filter(isFields)
    .flatMap((spec): unknown[] => ('executor' in spec ? [spec] : Object.values(spec)));
  const names = profiles.flatMap((profile) =>
    isFields(profile) && isFields(profile.tags) ? Object.keys(profile.tags) : [],
  );
  return [...new Set(names)];
}
