import { channelFacts, defineScenario, transferFacts, triedFact } from '../harness/index.ts';

/** Firefox announces 1 GiB; more than this at once nobody sends. */
const MOST_TRIED = 1 << 20;

/**
 * During a call both sides send each other a file, and messages of every size from nothing to the largest there may be.
 *
 * Guards against files that arrive changed, and against messages that are lost for their size.
 */
export default defineScenario({
  name: 'file-transfer',
  summary: 'During a call both sides send a file, and messages from nothing to the largest there may be.',
  guardsAgainst: 'files that arrive changed, and messages that are lost for their size',
  roles: ['caller', 'callee'],
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, step, check, measure }) {
    const video = { width: 320, height: 180 };
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia({ video }), callee.openMedia({ video })]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));

    const files = await step('open', () => caller.openChannel(callee, 'files'));
    check(...channelFacts(files));
    measure('data_channel_open_ms', files.openMs, caller);
    for (const peer of peers) {
      const file = await step('file', () => files.transfer(peer, { sizeBytes: 4 << 20 }));
      check(...transferFacts(file).map((fact) => ({ ...fact, peer })));
      measure('data_throughput_bps', file.throughputBps, peer);

      const limit = files.ends[peer.role]?.maxMessageSize ?? Infinity;
      const largest = Math.min(limit, MOST_TRIED);
      for (const sizeBytes of [0, 1, 65_536, largest])
        for (const binary of [false, true]) {
          const shape = { sizeBytes, binary };
          const name = `${sizeBytes} bytes of ${binary ? 'binary' : 'text'} arrive`;
          check({ ...triedFact(name, shape, await files.trySend(peer, shape)), peer });
        }
      if (limit > MOST_TRIED) continue;
      const tooLarge = { sizeBytes: limit + 1, binary: true };
      const tried = await files.trySend(peer, tooLarge);
      check({ ...triedFact('more than the largest is refused', tooLarge, tried, 'TypeError'), peer });
    }
    await step('hang-up', () => caller.hangUp());
  },
});
