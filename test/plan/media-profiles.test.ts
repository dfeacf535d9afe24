import { describe, expect, test } from 'vitest';
import { chromiumFlags } from '../../harness/browser/chromium-flags.ts';
import { resolveSettings } from '../../harness/config/settings.ts';
import { renderProblem, type Problem } from '../../harness/errors.ts';
import { MEDIA_PROFILES, PROFILE_NAMES, type ProfileName } from '../../harness/media/profiles.ts';
import { mediaArg, sourceOf } from '../../harness/peer/media-arg.ts';
import { makePlan } from '../../harness/plan/make-plan.ts';
import { parseBrowserFlag } from '../../harness/setup/find-browsers.mjs';
import { anInput } from './an-input.ts';

const FAKE = { kind: 'fake-device' } as const;
const asked = (name: ProfileName, options = {}) => mediaArg(options, FAKE, MEDIA_PROFILES[name]);

describe('mediaArg() of a media profile', () => {
  test('asks for what it says, and of real for what was always asked', () => {
    expect(asked('real')).toEqual(mediaArg({}));
    expect(asked('page')).toEqual(mediaArg({}));
    expect(asked('hd').video).toMatchObject({ width: 1280, height: 720, frameRate: 30 });
    expect(asked('light')).toMatchObject({
      audio: true,
      voiceProcessing: false,
      video: { width: 320, height: 180, frameRate: 10 },
    });
    expect(asked('audio')).toEqual({ audio: true, voiceProcessing: false, video: false });
  });

  test("lets the script's own options win", () => {
    expect(asked('audio', { video: true }).video).toMatchObject({ width: 640, height: 360 });
    expect(asked('light', { video: { width: 1280, height: 720, frameRate: 30 } }).video).toMatchObject({
      width: 1280,
      height: 720,
      frameRate: 30,
    });
    expect(asked('hd', { video: false }).video).toBe(false);
    expect(asked('light', { audio: false }).audio).toBe(false);
    expect(asked('replay', { video: { source: 'noise' } }).video).not.toHaveProperty('replayed');
  });

  test('paints a tiny picture where recorded frames travel, and says so', () => {
    const replay = asked('replay');
    expect(replay.video).toMatchObject({ width: 96, height: 96, frameRate: 20, replayed: true });
    expect(sourceOf(replay, FAKE)).toEqual({ kind: 'replay' });
  });
});

describe('MEDIA_PROFILES', () => {
  test('name those that are not independent users, and not real content', () => {
    const not = (key: 'isIndependent' | 'isRealContent') =>
      PROFILE_NAMES.filter((name) => !MEDIA_PROFILES[name][key]);
    expect(not('isIndependent')).toEqual(['light', 'audio', 'page']);
    expect(not('isRealContent')).toEqual(['replay']);
  });

  test('share tabs’ processes in Chromium where they say so, and raise the fake camera’s frame rate', () => {
    const flags = (media: ProfileName) =>
      chromiumFlags({
        profile: '/p',
        sandbox: true,
        headed: false,
        mdns: false,
        acceptRunCertificate: false,
        media,
      }).filter((flag) => /process-per-site|fps=/.test(flag));
    expect(flags('real')).toEqual([]);
    expect(flags('light')).toEqual(['--process-per-site']);
    expect(flags('audio')).toEqual(['--process-per-site']);
    expect(flags('hd')).toEqual(['--use-fake-device-for-media-stream=fps=30']);
  });
});

function resolve(flags: Record<string, unknown>) {
  const problems: Problem[] = [];
  const settings = resolveSettings(
    { flags, config: undefined, scenario: undefined, cwd: '/project', seed: 42 },
    parseBrowserFlag,
    problems,
  );
  return { settings, problems: problems.map(renderProblem) };
}

describe('resolveSettings() of a media profile', () => {
  test('takes the isolation that goes with it', () => {
    expect(resolve({}).settings).toMatchObject({ media: undefined, fleet: undefined });
    expect(resolve({ profile: 'real' }).settings).toMatchObject({ media: 'real', fleet: undefined });
    expect(resolve({ profile: 'light' }).settings).toMatchObject({
      media: 'light',
      fleet: { isolation: 'tab', peersPerBrowser: 16 },
    });
    expect(resolve({ profile: 'page' }).settings).toMatchObject({
      media: 'page',
      fleet: { isolation: 'page' },
    });
    expect(resolve({ profile: 'light', isolation: 'process' }).settings.fleet).toEqual({
      isolation: 'process',
      peersPerBrowser: 1,
    });
    expect(resolve({ profile: 'light', 'peers-per-browser': '4' }).settings.fleet?.peersPerBrowser).toBe(4);
  });

  test('tells what is wrong with it', () => {
    expect(resolve({ profile: 'lihgt' }).problems[0]).toContain('did you mean light?');
    expect(resolve({ profile: 'page', isolation: 'tab' }).problems[0]).toContain(
      'page beside --profile page',
    );
  });
});

describe('makePlan() of a media profile', () => {
  test('asks browsers that are to replay frames whether they can, and neither bots nor persons', () => {
    const needs = (media: ProfileName | undefined, matrix: { caller: string; callee: string }) =>
      makePlan(anInput({ media, matrix: [matrix] }), [])?.cells[0]?.needs;
    const both = { caller: 'chrome', callee: 'firefox' };
    expect(needs('replay', both)).toEqual({
      caller: ['api:RTCRtpScriptTransform'],
      callee: ['api:RTCRtpScriptTransform'],
    });
    expect(needs('replay', { caller: 'chrome', callee: 'manual' })).toEqual({
      caller: ['api:RTCRtpScriptTransform'],
    });
    expect(needs('light', both)).toBeUndefined();
    expect(needs(undefined, both)).toBeUndefined();
  });
});
