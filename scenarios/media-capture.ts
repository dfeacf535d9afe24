import {
  captureOnce,
  defineScenario,
  deviceFacts,
  inputDevices,
  refusedCaptureFact,
  settingsFact,
} from '../harness/index.ts';

/**
 * A page asks for camera and microphone: of exact sizes and rates, of ones that nobody has, of a device that is not
 * there, and where it may not.
 *
 * Guards against a camera that gives something else than was asked for, or an error that does not say what is wrong.
 */
export default defineScenario({
  name: 'media-capture',
  summary: 'A page asks for cameras and microphones that are there, that are not, and that it may not have.',
  guardsAgainst:
    'a camera that gives something else than was asked for, or an error that does not say what is wrong',
  roles: ['page'],
  needs: ['constraint:width', 'constraint:frameRate'],
  thresholds: {
    checks: ['rate==1'],
  },
  async script({ page, step, check }) {
    const capture = (constraints: MediaStreamConstraints) => page.evaluate(captureOnce, { constraints });
    await step('exact', async () => {
      const size = { width: 640, height: 360 };
      const video = { width: { exact: 640 }, height: { exact: 360 } };
      check(settingsFact(page, await capture({ video }), size));
      const frameRate = await capture({ video: { frameRate: { exact: 10 } } });
      check(settingsFact(page, frameRate, { frameRate: 10 }));
    });
    await step('ideal', async () => {
      const huge = await capture({ video: { width: { ideal: 100_000 }, height: { ideal: 100_000 } } });
      check({
        name: 'what nobody has can be wished for',
        peer: page,
        passed: huge.error === undefined,
        expected: 'the nearest there is',
        actual: huge.error?.message ?? `${huge.settings?.width} × ${huge.settings?.height}`,
        phase: 'media',
      });
    });
    await step('impossible', async () => {
      const name = 'OverconstrainedError';
      const wide = await capture({ video: { width: { min: 100_000 } } });
      check(refusedCaptureFact(page, wide, { what: 'too wide a picture', name, constraint: 'width' }));
      const fast = await capture({ video: { frameRate: { min: 1000 } } });
      check(refusedCaptureFact(page, fast, { what: 'too high a rate', name, constraint: 'frameRate' }));
      const nobody = await capture({ audio: { deviceId: { exact: 'nobody' } } });
      check(refusedCaptureFact(page, nobody, { what: 'an unknown device', name, constraint: 'deviceId' }));
      const nothing = await capture({});
      check(refusedCaptureFact(page, nothing, { what: 'neither picture nor sound', name: 'TypeError' }));
    });
    await step('denied', async () => {
      const denied = { constraints: { audio: true, video: true }, denied: true };
      const refused = await page.evaluate(captureOnce, denied);
      const what = 'a frame without the permission';
      check(refusedCaptureFact(page, refused, { what, name: 'NotAllowedError' }));
    });
    await step('devices', async () => {
      await capture({ audio: true, video: true });
      const before = await page.evaluate(inputDevices, null);
      check(...deviceFacts(page, before, await page.evaluate(inputDevices, null)));
    });
  },
});
