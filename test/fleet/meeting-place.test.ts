import { describe, expect, test } from 'vitest';
import { MeetingPlace } from '../../harness/fleet/meeting-place.ts';
import type { Peer } from '../../harness/peer/peer.ts';

const HOUR = 3_600_000;
/** Only its role is looked at. */
const peer = (role: string) => ({ role }) as Peer;
const [ONE, TWO, THREE] = [peer('one'), peer('two'), peer('three')];

function place({ timeoutMs = HOUR, signal = new AbortController().signal } = {}) {
  return new MeetingPlace({ peers: [ONE, TWO, THREE], timeoutMs, signal });
}

describe('MeetingPlace.barrier()', () => {
  test('lets everybody go on once all have come, and can be used again', async () => {
    const meeting = place();
    const log: string[] = [];
    const visit = async (who: Peer) => {
      for (const round of ['first', 'second']) {
        log.push(`${round}: ${who.role} comes`);
        await meeting.barrier('all there', who);
        log.push(`${round}: on`);
      }
    };
    await Promise.all([ONE, TWO, THREE].map(visit));
    const at = (line: string) => log.flatMap((each, index) => (each === line ? [index] : []));
    expect(log).toHaveLength(12);
    expect(Math.min(...at('first: on'))).toBeGreaterThan(log.indexOf('first: three comes'));
    expect(Math.min(...at('second: on'))).toBeGreaterThan(log.indexOf('second: one comes'));
    expect(Math.min(...at('second: on'))).toBeGreaterThan(log.indexOf('second: three comes'));
  });

  test('names who is there and who is missing when the time is over', async () => {
    const waiting = place().barrier('all connected', TWO, { timeout: '1ms' });
    await expect(waiting).rejects.toThrow(
      'everybody to come to the barrier "all connected" took longer than 1 ms (last seen: two there, one, three missing)',
    );
  });

  test('waits for those it is among only', async () => {
    const meeting = place();
    const among = [ONE, TWO];
    await Promise.all(among.map((who) => meeting.barrier('two of three', who, { among })));
    await expect(meeting.barrier('two of three', THREE, { among })).rejects.toThrow(
      'expected one of one, two, got three',
    );
  });

  test('ends with the call', async () => {
    const call = new AbortController();
    const waiting = place({ signal: call.signal }).barrier('all there', ONE);
    call.abort(new Error('the run was stopped'));
    await expect(waiting).rejects.toThrow('the run was stopped');
  });
});

describe('MeetingPlace.shared()', () => {
  test('gives a value to who asked before it was set, and after', async () => {
    const meeting = place();
    const before = meeting.shared<string>('link').get();
    meeting.shared<string>('link').set('a room');
    expect(await Promise.all([before, meeting.shared<string>('link').get()])).toEqual(['a room', 'a room']);
    expect(() => meeting.shared<string>('link').set('another')).toThrow(TypeError);
  });

  test('names the value that nobody has set when the time is over', async () => {
    await expect(place({ timeoutMs: 1 }).shared('link').get()).rejects.toThrow(
      'waiting for the shared value "link", which nobody has set, took longer than 1 ms',
    );
  });
});
