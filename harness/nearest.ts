import { closest, distance } from 'fastest-levenshtein';

/** The known word that a misspelt one most likely meant; `undefined` when more than half of it would have to change. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const candidate = closest(word.toLowerCase(), known);
  // Two: letters that changed places (`rnu`).
  const limit = Math.max(2, Math.floor(Math.max(word.length, candidate.length) / 2));
  return distance(word.toLowerCase(), candidate) <= limit ? candidate : undefined;
}

/** `did you mean X?`, else what there is to choose from. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== undefined) return `did you mean ${near}?`;
  return known.length === 0 ? 'there is none' : `there is ${known.join(', ')}`;
}
