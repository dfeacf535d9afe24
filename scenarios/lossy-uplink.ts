import { callFacts, defineScenario, type LinkSpec } from '../harness/index.ts';

const line = { uplink: { delay: '10ms' }, downlink: { delay: '10ms' } } as const;
const network = (link: LinkSpec) => ({
  caller: { nat: 'port-restricted', link } as const,
  callee: { nat: 'port-restricted', link: line } as const,
});

/**
 * The same call with more and more of the caller's packets lost: what it still sends, and what the callee makes of it.
 *
 * Guards against a call that loses more than its network does, or does not survive what it should.
 */
export default defineScenario({
  name: 'lossy-uplink',
  summary: "The same call with none to a fifth of the caller's packets lost.",
  guardsAgainst: 'a call that loses more than its network does, or does not survive what it should',
  roles: ['caller', 'callee'],
  levels: ['lab', 'shaped'],
  network: network(line),
  variants: {
    axis: 'loss',
    baseline: 'none',
    cases: {
      none: { summary: 'nothing lost' },
      '1-percent': {
        summary: '1 % lost',
        network: network({ ...line, uplink: { delay: '10ms', loss: '1%' } }),
      },
      '5-percent': {
        summary: '5 % lost',
        network: network({ ...line, uplink: { delay: '10ms', loss: '5%' } }),
      },
      '10-percent': {
        summary: '10 % lost',
        network: network({ ...line, uplink: { delay: '10ms', loss: '10%' } }),
      },
      '20-percent': {
        summary: '20 % lost',
        network: network({ ...line, uplink: { delay: '10ms', loss: '20%' } }),
      },
    },
  },
  ice: { servers: ['stun'] },
  duration: '15s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
    // The caller's own line in: nothing is lost there, whatever its uplink does.
    'packet_loss_ratio{role:caller}': ['avg<0.02'],
    'packet_loss_ratio{role:callee,loss:none}': ['avg<0.02'],
    'packet_loss_ratio{role:callee,loss:20-percent}': ['avg>0.1', 'avg<0.3'],
    'freeze_ratio{role:callee}': ['avg<0.5'],
    'concealment_ratio{role:callee}': ['avg<0.4'],
  },
  async script({ caller, callee, peers, step, hold, check }) {
    const video = { source: 'noise' } as const;
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia({ video }), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const seen = await step('hold', () => hold());
    // Where so many checks are lost, Firefox says `disconnected` now and then, and media flows on.
    await step('connected', () => Promise.all(peers.map((peer) => peer.waitFor('connected'))));
    for (const peer of peers) check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
    await step('hang-up', () => caller.hangUp());
  },
});
