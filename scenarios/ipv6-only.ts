import { addressFacts, callFacts, defineScenario, pathFacts, PATHS } from '../harness/index.ts';

const ipv6 = { ip: ['ipv6'] } as const;
const both = { ip: ['ipv4', 'ipv6'] } as const;

/**
 * A call between networks that have only IPv6, or have it as well: it goes over IPv6, past every NAT. (Between only IPv6
 * and only IPv4 there is no way in today's browsers: none asks a TURN server for both, RFC 8656 §7.1.)
 *
 * Guards against addresses that are taken for IPv4, in browsers, signaling and TURN.
 */
export default defineScenario({
  name: 'ipv6-only',
  summary: 'A call between networks that have only IPv6, or have it as well.',
  guardsAgainst: 'addresses that are taken for IPv4, in browsers, signaling and TURN',
  roles: ['caller', 'callee'],
  ice: { servers: ['stun', 'turn-udp'] },
  variants: {
    axis: 'network',
    cases: {
      ipv6: { summary: 'only IPv6 on both sides', network: { caller: ipv6, callee: ipv6 } },
      'dual-stack': { summary: 'IPv4 and IPv6 on both sides', network: { caller: both, callee: both } },
      mixed: { summary: 'only IPv6 to IPv4 and IPv6', network: { caller: ipv6, callee: both } },
    },
  },
  duration: '3s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, turn, step, hold, check }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const seen = await step('hold', () => hold());
    for (const peer of peers) check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
    check(...(await pathFacts(caller, callee, PATHS.direct, turn)));
    for (const peer of peers) check(...(await addressFacts(peer, 'ipv6')));
    await step('hang-up', () => caller.hangUp());
  },
});
