import { callFacts, defineScenario, type PageRig, sectionsFact, stoppedFacts } from '../harness/index.ts';

function addVideo(remote: string, rig: PageRig): void {
  rig.connection(remote).addTrack(rig.openVideo({}), rig.stream);
}

function stopVideo(remote: string, rig: PageRig): void {
  const all = rig.connection(remote).getTransceivers();
  all.find(({ receiver }) => receiver.track.kind === 'video')!.stop();
}

/**
 * An audio call to which the caller adds video, then the callee; the caller stops video both ways, and adds it anew.
 *
 * Guards against calls that can only be what they were at first, or grow with every change.
 */
export default defineScenario({
  name: 'renegotiate',
  summary: 'An audio call to which each side adds video; it is stopped, and added anew.',
  guardsAgainst: 'calls that can only be what they were at first, or grow with every change',
  roles: ['caller', 'callee'],
  duration: '3s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, step, hold, check }) {
    const judge = async (expected: { sections: string; video: ('caller' | 'callee')[] }) => {
      const seen = await hold();
      for (const peer of peers) {
        const media = seen[peer.role as 'caller' | 'callee'];
        const video = expected.video.some((role) => role === peer.role);
        check(...(await callFacts(peer, media, { receives: { video } })));
        check(...(video ? [] : stoppedFacts(peer, media, ['video'])));
        check(await sectionsFact(peer, expected.sections));
      }
    };
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    const audio = { video: false };
    await step('media', () => Promise.all([caller.openMedia(audio), callee.openMedia(audio)]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    await step('add video', async () => {
      await caller.evaluate(addVideo, 'callee');
      await caller.negotiate(callee);
      await callee.receiveMedia();
    });
    await step('one sees', () => judge({ sections: 'audio, video', video: ['callee'] }));
    await step('add video back', async () => {
      await callee.evaluate(addVideo, 'caller');
      await callee.negotiate(caller);
      await caller.receiveMedia();
    });
    await step('both see', () => judge({ sections: 'audio, video', video: ['caller', 'callee'] }));
    await step('stop video', async () => {
      await caller.evaluate(stopVideo, 'callee');
      await caller.negotiate(callee);
    });
    await step('none sees', () => judge({ sections: 'audio, video rejected', video: [] }));
    await step('add video anew', async () => {
      await caller.evaluate(addVideo, 'callee');
      await caller.negotiate(callee);
      await callee.receiveMedia();
    });
    // Its place is taken again, so that descriptions do not grow.
    await step('one sees again', () => judge({ sections: 'audio, video', video: ['callee'] }));
  },
});
