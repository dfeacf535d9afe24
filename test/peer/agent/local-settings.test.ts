import { expect, test } from 'vitest';
import { toConfiguration, toLocalSettings } from '../../../harness/peer/agent/local-settings.ts';

const NETWORK: RTCConfiguration = { iceServers: [{ urls: 'stun:192.0.2.1' }], iceTransportPolicy: 'relay' };

test('toConfiguration() adds to what the network gave what is set, and no more', async () => {
  expect(await toConfiguration(NETWORK, {})).toEqual(NETWORK);
  expect(
    await toConfiguration(NETWORK, { bundlePolicy: 'max-compat', iceCandidatePoolSize: 0, trickle: false }),
  ).toEqual({ ...NETWORK, bundlePolicy: 'max-compat', iceCandidatePoolSize: 0 });
});

test('toConfiguration() rejects in phase negotiation if no certificate can be made', async () => {
  await expect(toConfiguration(NETWORK, { certificate: 'RSA' })).rejects.toMatchObject({
    phase: 'negotiation',
    message: expect.stringContaining('generateCertificate(RSA)') as string,
  });
});

test('toLocalSettings() has no functions if none were given', async () => {
  expect(await toLocalSettings({ politeness: 'polite', arg: 1 })).toEqual({ politeness: 'polite' });
});
