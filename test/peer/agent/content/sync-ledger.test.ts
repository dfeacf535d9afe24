import { expect, test } from 'vitest';
import { SyncLedger } from '../../../../harness/peer/agent/content/sync-ledger.ts';
import { FRAMES_PER_STEP, stepOf, toneOf } from '../../../../harness/peer/agent/content/tone.ts';

const FRAME_MS = 50;
const LISTEN_MS = 10;

/** A call of 10 s whose sound is `lateMs` later than its picture; `heard` says what is made of each tone. */
function played(lateMs: number, heard: (tone: number) => number | undefined = (tone) => tone): SyncLedger {
  const ledger = new SyncLedger();
  for (let t = 0; t < 10_000; t += LISTEN_MS) {
    if (t % FRAME_MS === 0) ledger.seeNumber(t / FRAME_MS, t);
    const sounding = t - lateMs;
    if (sounding >= 0) ledger.hear(heard(toneOf(stepOf(Math.floor(sounding / FRAME_MS)))), t, LISTEN_MS);
  }
  return ledger;
}

test.for([0, 120, 700, -200])('SyncLedger.read() finds a sound %i ms late', (lateMs) => {
  const { syncs, stepMs } = played(lateMs).read();
  expect(stepMs).toBe(FRAMES_PER_STEP * FRAME_MS);
  expect(syncs.length).toBeGreaterThan(15);
  for (const { ms } of syncs.slice(2)) expect(Math.abs(ms - lateMs)).toBeLessThanOrEqual(2 * LISTEN_MS);
});

test('SyncLedger.read() hears no steps in silence, nor in one tone that stays', () => {
  for (const still of [undefined, 3]) {
    const { stepsSeen, stepsHeard, syncs } = played(0, () => still).read();
    expect(stepsSeen).toBeGreaterThan(15);
    expect(stepsHeard).toBe(0);
    expect(syncs).toEqual([]);
  }
});

test('SyncLedger.read() leaves out a change whose first picture was skipped', () => {
  const ledger = new SyncLedger();
  for (const number of [7, 8, 9, 13, 14]) ledger.seeNumber(number, number * FRAME_MS);
  expect(ledger.read()).toMatchObject({ stepsSeen: 1, syncs: [] });
});
