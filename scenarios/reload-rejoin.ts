import { callFacts, defineScenario, enterRoom, hangUpFacts } from '../harness/index.ts';

/**
 * The callee's page is loaded again mid-call; it takes its place in the room anew and calls back.
 *
 * Guards against a page that cannot come back: its place taken, its devices in use, the other side clinging to the call
 * that died.
 */
export default defineScenario({
  name: 'reload-rejoin',
  summary: "The callee's page is loaded again mid-call, comes back and calls.",
  guardsAgainst:
    'a page that cannot come back: its place taken, its devices in use, the other side clinging to the call that died',
  roles: ['caller', 'callee'],
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
    rejoin_ms: ['max<15000'],
  },
  async script({ caller, callee, peers, step, hold, check, measure }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    await step('reload', () => callee.reload());
    measure('rejoin_ms', await step('rejoin', () => enterRoom(callee, [caller])), callee);
    const seen = await step('hold', () => hold());
    for (const peer of peers) check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },
});
