import { expect, test } from 'vitest';
import { PhaseError } from '../../harness/peer/agent/phase-error.ts';
import { never } from '../helpers/fake-agent.ts';
import { only, openFakePeers } from '../helpers/fake-peers.ts';

test('Peer.configure() sends values as they are and functions as their source', async () => {
  await using peers = await openFakePeers();
  const asked = peers.agents.caller.commanded('configure');
  await peers.caller.configure({
    trickle: false,
    prepare: (_pc, rig) => void (rig.kept['prepared'] = true),
    rewrite: ({ type }) => ({ type, sdp: 'rewritten' }),
    arg: { n: 1 },
  });
  const { prepare, rewrite, ...rest } = await asked;
  expect(rest).toEqual({ trickle: false, arg: { n: 1 } });
  expect(String(prepare)).toContain('prepared');
  expect(rewrite).toContain('rewritten');
});

test('Peer.configure() sends no functions if there are none', async () => {
  await using peers = await openFakePeers();
  const asked = peers.agents.caller.commanded('configure');
  await peers.caller.configure({ certificate: 'RSA' });
  expect(await asked).toEqual({ certificate: 'RSA' });
});

test('Peer.negotiate() names both sides if no answer comes', async () => {
  await using peers = await openFakePeers({
    callTimeoutMs: 50,
    agent: only('caller', () => ({ answers: { negotiate: never } })),
  });
  await expect(peers.caller.negotiate(peers.callee)).rejects.toMatchObject({
    message: expect.stringContaining("waiting for callee's answer to an offer of caller's") as string,
    details: { phase: 'negotiation', role: 'caller' },
  });
});

test('Peer.negotiate() rejects with what the agent says', async () => {
  const negotiate = () => {
    throw new PhaseError('negotiation', 'setLocalDescription(offer) failed');
  };
  await using peers = await openFakePeers({ agent: () => ({ answers: { negotiate } }) });
  await expect(peers.caller.negotiate(peers.callee)).rejects.toMatchObject({
    message: 'caller: setLocalDescription(offer) failed',
    details: { phase: 'negotiation' },
  });
});

test('Peer.until() gives what the page gave', async () => {
  await using peers = await openFakePeers({ agent: () => ({ answers: { until: () => 'video' } }) });
  expect(await peers.caller.until(() => 'video', null, { awaited: 'a kind' })).toBe('video');
});

test('Peer.until() rejects with what was awaited, in the phase it was awaited in', async () => {
  await using peers = await openFakePeers({ agent: () => ({ answers: { until: never } }) });
  const options = { awaited: 'a black picture', phase: 'rtp', timeoutMs: 50 } as const;
  await expect(peers.caller.until(() => false, null, options)).rejects.toMatchObject({
    name: 'TimeoutError',
    message: expect.stringContaining('waiting for a black picture took longer than 50 ms') as string,
    details: { phase: 'rtp', role: 'caller', timeoutMs: 50 },
  });
});

test('Peer.waitForPeer() resolves when the page is told so', async () => {
  await using peers = await openFakePeers();
  const { caller, callee, agents } = peers;
  const there = caller.waitForPeer(callee, 'there');
  agents.caller.tell('roster', { peers: [] });
  agents.caller.tell('roster', { peers: ['callee'] });
  await there;
  const gone = caller.waitForPeer(callee, 'gone');
  agents.caller.tell('roster', { peers: ['somebody'] });
  await gone;
});

test('Peer.waitForPeer() rejects in phase signaling if the page was told nothing', async () => {
  await using peers = await openFakePeers({ callTimeoutMs: 50 });
  await expect(peers.caller.waitForPeer(peers.callee, 'gone')).rejects.toMatchObject({
    message: expect.stringContaining('waiting for caller to be told that callee is gone') as string,
    details: { phase: 'signaling', role: 'caller' },
  });
});

test('Peer.leave() hangs up before it gives up its place', async () => {
  await using peers = await openFakePeers();
  await peers.caller.call(peers.callee);
  await peers.caller.leave();
  expect(peers.agents.caller.commands).toEqual(['call', 'hangUp', 'leave']);
});

test('Peer.vanish() closes the page without a word, and the others stop waiting for it', async () => {
  await using peers = await openFakePeers();
  const { caller, callee, agents } = peers;
  await caller.call(callee);
  await callee.vanish();
  await agents.callee.closed;
  expect([callee.isAway, agents.callee.commands]).toEqual([true, ['expectCall', 'connected']]);
  await caller.hangUp();
  await expect(callee.join()).rejects.toMatchObject({ details: { role: 'callee' } });
});

test.for(['comeBack', 'reload'] as const)(
  'Peer.%s() goes on in another page, which knows nothing',
  async (how) => {
    await using peers = await openFakePeers();
    const { caller, callee, agents } = peers;
    agents.callee.tell('roster', { peers: ['caller'] });
    agents.callee.tell('signaling', { state: 'open' });
    await callee.waitForPeer(caller, 'there');
    await callee[how]();
    await agents.callee.closed;
    expect([callee.isAway, callee.signaling]).toEqual([false, undefined]);
    await callee.join();
    expect(peers.newest('callee')).not.toBe(agents.callee);
    expect(peers.newest('callee').commands).toEqual(['join']);
    const there = callee.waitForPeer(caller, 'there');
    peers.newest('callee').tell('roster', { peers: ['caller'] });
    await there;
  },
);

test('Peer.reload() rejects if the page is not ours to load', async () => {
  await using peers = await openFakePeers({ canReload: false });
  await expect(peers.caller.reload()).rejects.toMatchObject({
    code: 'PEER_NOT_OURS',
    details: { phase: 'script', role: 'caller' },
  });
});
