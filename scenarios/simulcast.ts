import {
  callFacts,
  defineScenario,
  layerFacts,
  layersApart,
  layersReceivedFacts,
  layersTogether,
} from '../harness/index.ts';

const LAYERS = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 100_000 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 300_000 },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 900_000 },
];

/**
 * A publisher sends one video in three sizes at once, as to a media server; the subscriber takes each for a video.
 *
 * Guards against layers that are agreed on but never sent, or in the wrong size.
 */
export default defineScenario({
  name: 'simulcast',
  summary: 'A publisher sends one video in three sizes at once.',
  guardsAgainst: 'layers that are agreed on but never sent, or in the wrong size',
  roles: ['publisher', 'subscriber'],
  needs: { publisher: ['simulcast'] },
  duration: '4s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ publisher, subscriber, step, hold, check }) {
    // Chromium sends three layers of sources that are at least 960×540.
    const video = { source: 'noise', width: 960, height: 540, frameRate: 15 } as const;
    await step('join', () => Promise.all([publisher.join(), subscriber.join()]));
    await step('media', () => publisher.openMedia({ audio: false, video }));
    const common = { trickle: false, arg: LAYERS } as const;
    await publisher.configure({ ...common, videoEncodings: LAYERS, rewrite: layersApart });
    await subscriber.configure({ ...common, rewrite: layersTogether });
    await step('connect', () => publisher.call(subscriber));
    await step('first media', () => subscriber.receiveMedia());
    // The largest comes and goes while the sender finds out what the path holds.
    await step('all layers', () =>
      subscriber.until(
        async (count, rig) => {
          const stats = [...(await rig.connection('publisher').getStats()).values()];
          return (
            stats.filter((stat) => stat.type === 'inbound-rtp' && stat.framesDecoded > 10).length >= count
          );
        },
        LAYERS.length,
        { awaited: 'frames of every layer', phase: 'rtp' },
      ),
    );
    const before = await publisher.stats();
    const seen = await step('hold', () => hold());
    const after = await publisher.stats();
    check(...(await callFacts(subscriber, seen.subscriber, { receives: { audio: false } })));
    check(...layerFacts(publisher, { before, after, layers: LAYERS }));
    const received = await subscriber.stats();
    check(...layersReceivedFacts(subscriber, { sent: after, received, layers: LAYERS }));
    await step('hang-up', () => publisher.hangUp());
  },
});
