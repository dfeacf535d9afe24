import type { MediaObservation } from '../peer/peer.ts';

/**
 * How many of the later looks must find another picture: measured, a still one has none or, with a key frame, one; a
 * moving one all. With fewer than four later looks, within 2 s, the two cannot be told apart.
 */
const MOVING = { ratio: 1 / 3, changes: 2, looks: 4 };

/** Whether pictures that were looked at move; undefined if there were too few of them to tell. */
export function isMoving({
  lateLooks,
  lateChanges,
}: Pick<MediaObservation, 'lateLooks' | 'lateChanges'>): boolean | undefined {
  if (lateLooks < MOVING.looks) return undefined;
  return lateChanges >= Math.max(MOVING.changes, lateLooks * MOVING.ratio);
}
