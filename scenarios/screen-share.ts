import {
  callFacts,
  capturedScreen,
  clickPage,
  defineScenario,
  hangUpFacts,
  resizeScreen,
  screenFact,
  shareScreen,
  shownScreen,
  shownVideos,
  stopScreen,
} from '../harness/index.ts';

/**
 * In a video call the caller shares a screen beside the camera, resizes it, and stops sharing; the camera goes on.
 *
 * Guards against shares that do not arrive, keep an old shape, stay behind, or take the camera with them.
 */
export default defineScenario({
  name: 'screen-share',
  summary: 'In a video call the caller shares a screen beside the camera, resizes it, and stops.',
  guardsAgainst: 'shares that do not arrive, keep an old shape, stay behind, or take the camera with them',
  roles: ['caller', 'callee'],
  duration: '3s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, step, hold, check }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const share = await step('share', async () => {
      await clickPage(caller);
      const shared = await caller.evaluate(shareScreen, 'callee');
      await caller.negotiate(callee);
      return shared;
    });
    const captured = { awaited: 'a new size of the screen at caller', phase: 'media' } as const;
    const arrived = { awaited: 'a screen of that shape and size at callee', phase: 'rtp' } as const;
    const full = await caller.until(capturedScreen, null, captured);
    check(screenFact(callee, share, full, await callee.until(shownScreen, full, arrived)));
    await step('resize', () => caller.evaluate(resizeScreen, full));
    const small = await caller.until(capturedScreen, full, captured);
    check(screenFact(callee, share, small, await callee.until(shownScreen, small, arrived)));
    await step('stop', async () => {
      await caller.evaluate(stopScreen, 'callee');
      await caller.negotiate(callee);
    });
    await callee.until(shownVideos, 1, { awaited: 'the camera alone at callee', phase: 'rtp' });
    const seen = await step('camera alone', () => hold());
    for (const peer of peers) check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },
});
