import { MEDIA_PROFILES, PROFILE_NAMES, type ProfileName } from '../media/profiles.ts';
import type { FleetSettingsInput } from './fleet-settings.ts';
import type { SettingsReader } from './given.ts';

/** `--profile`, and how peers sit that goes with it. Both `undefined` when nobody said. */
export function readProfile(reader: SettingsReader): {
  media: ProfileName | undefined;
  implied: FleetSettingsInput['implied'];
} {
  const given = reader.given('profile');
  if (!given) return { media: undefined, implied: undefined };
  const media = reader.choice('profile', PROFILE_NAMES, 'real');
  const { isolation, peersPerBrowser, replays } = MEDIA_PROFILES[media];
  const isPattern = reader.given('source')?.value === 'test-pattern';
  if (replays && isPattern) {
    const hint = 'what is decoded is too small to read: leave out one of them';
    reader.reject(given, 'a profile other than replay beside --source test-pattern', hint, undefined);
  }
  return { media, implied: isolation && { isolation, peersPerBrowser, profile: media } };
}
