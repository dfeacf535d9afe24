import {
  backpressureFact,
  channelFacts,
  type ChannelOptions,
  defineScenario,
  deliveryFacts,
  hangUpFacts,
} from '../harness/index.ts';

/** What each variant opens. */
const OPENED = {
  reliable: {},
  unordered: { ordered: false },
  'no-retransmits': { ordered: false, maxRetransmits: 0 },
  'short-lived': { maxPacketLifeTime: '200ms' },
  negotiated: { negotiatedId: 7, protocol: 'callrig' },
  'lossy-reliable': {},
  'lossy-no-retransmits': { ordered: false, maxRetransmits: 0 },
} as const satisfies Record<string, ChannelOptions>;

const clean = { nat: 'none' } as const;
const lossy = { ...clean, link: { uplink: { loss: '5%' } } } as const;

/**
 * A connection for data only: channels of every kind, round trips, a full buffer, and an end from each side.
 *
 * Guards against messages that get lost, doubled, changed or reordered where the channel promises otherwise.
 */
export default defineScenario({
  name: 'data-channel',
  summary:
    'A connection for data only: channels of every kind, round trips, a full buffer, an end from each side.',
  guardsAgainst: 'messages lost, doubled, changed or reordered where the channel promises otherwise',
  roles: ['caller', 'callee'],
  levels: ['lab', 'loopback'],
  network: { caller: clean, callee: clean },
  variants: {
    axis: 'case',
    baseline: 'reliable',
    cases: {
      reliable: { summary: 'ordered and reliable' },
      unordered: { summary: 'reliable, in any order' },
      'no-retransmits': { summary: 'sent once, in any order' },
      'short-lived': { summary: 'ordered, given up after 200 ms' },
      negotiated: { summary: 'created at both ends, with an id of the app’s' },
      'lossy-reliable': {
        summary: 'ordered and reliable, 5 % lost each way',
        network: { caller: lossy, callee: lossy },
        needs: 'lab',
      },
      'lossy-no-retransmits': {
        summary: 'sent once, 5 % lost each way',
        network: { caller: lossy, callee: lossy },
        needs: 'lab',
      },
    },
  },
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, variant, step, check, measure }) {
    const options: ChannelOptions = OPENED[variant];
    const { ordered = true, maxRetransmits, maxPacketLifeTime } = options;
    const isReliable = maxRetransmits === undefined && maxPacketLifeTime === undefined;
    const reliable = isReliable || (variant.startsWith('lossy') ? 'some' : false);
    const promised = { ordered, reliable } as const;
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await caller.configure({ receives: [], prepare: (pc) => void pc.createDataChannel('first') });
    await step('connect', () => caller.call(callee));

    const chat = await step('open', () => caller.openChannel(callee, 'chat', options));
    check(...channelFacts(chat, options));
    measure('data_channel_open_ms', chat.openMs, caller);
    for (const peer of peers) {
      const { rttMs } = await step('round trips', () => chat.roundTrips(peer, { count: 20 }));
      for (const ms of rttMs) measure('data_rtt_ms', ms, peer);
      const text = await step('text', () => chat.send(peer, { messages: 300, sizeBytes: 1000 }));
      check(...deliveryFacts(text, promised).map((fact) => ({ ...fact, peer })));
    }
    const bulk = { messages: 250, sizeBytes: 16_000, binary: true };
    const flood = await step('full buffer', () => chat.send(caller, bulk));
    check(...deliveryFacts(flood, { ...promised, reliable: isReliable }), backpressureFact(flood));
    measure('data_throughput_bps', flood.throughputBps, callee);

    // All of it may have been faster than the first interval of the stats.
    await step('stats', () => Promise.all(peers.map((peer) => peer.sample())));
    await step('close', () => chat.close(caller));
    const back = await step('open', () => callee.openChannel(caller, 'back'));
    await step('close', () => back.close(caller));
    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },
});
