import { fileURLToPath } from 'node:url';
import { assembleStats } from '../stats/delta.ts';
import type { StatsDelta, StatsSample } from '../stats/sample.ts';
import { readJsonLines } from '../store/lines.ts';

/** Whose stats were recorded, in a call of Chromium 156 (caller) with Firefox 153: audio and video both ways. */
export const RECORDED_ROLES = ['caller', 'callee'] as const;
export type RecordedRole = (typeof RECORDED_ROLES)[number];

/** What a peer of a real call sent, once a second, the media flowing: as a load's agents send it. */
export function recordedSamples(role: RecordedRole): StatsSample[] {
  const path = fileURLToPath(new URL(`recorded/${role}.stats.jsonl`, import.meta.url));
  return [...assembleStats(readJsonLines<StatsDelta>(path))];
}
