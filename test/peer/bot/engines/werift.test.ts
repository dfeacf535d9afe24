import dns from 'node:dns';
import { isIP } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openWeriftEngine } from '../../../../harness/peer/bot/engines/werift.ts';

const events = { onState: () => {}, onCandidate: () => {}, onFirst: () => {} };

/** Which names are looked up while connections offer and answer each other. */
async function lookedUpBy(rtc: RTCConfiguration): Promise<string[]> {
  const lookup = vi.spyOn(dns.promises, 'lookup').mockRejectedValue(new Error('nobody is asked'));
  onTestFinished(() => lookup.mockRestore());
  const engine = openWeriftEngine();
  const sides = [0, 1].map(() => engine.connect({ rtc, sends: { audio: true, video: true }, events }));
  await sides[1]!.answer(await sides[0]!.offer());
  for (const side of sides) await side.close();
  await engine.close();
  return [...new Set(lookup.mock.calls.map(([name]) => name).filter((name) => !isIP(name)))];
}

test('a connection of werift asks nobody for its address if no STUN server was named', async () => {
  expect(await lookedUpBy({})).toEqual([]);
});

test('a connection of werift asks the STUN server that was named, and no other', async () => {
  expect(await lookedUpBy({ iceServers: [{ urls: 'stun:localhost:9' }] })).toEqual(['localhost']);
});
