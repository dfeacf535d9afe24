import type { Isolation } from '../plan/fleet.ts';

/** What peers send, by name. */
export const PROFILE_NAMES = ['real', 'hd', 'light', 'audio', 'replay', 'page'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

export interface MediaProfile {
  /** One sentence. */
  summary: string;
  /** The picture that is sent; `false`: none. */
  video: { width: number; height: number; frameRate: number } | false;
  /** Echo cancellation, noise suppression and gain control, which cost more than coding the sound does. */
  voiceProcessing: boolean;
  /** How peers must sit, or sit unless somebody says otherwise. Absent: as ever. */
  isolation?: Isolation;
  /** How many peers a browser's process has, unless somebody says otherwise. Absent: as many as ever. */
  peersPerBrowser?: number;
  /** Chromium: all tabs of a browser are one renderer process. */
  processPerSite?: true;
  /** Frames travel that were coded before: what is decoded, and its size, is another picture. */
  replays?: true;
  /** Whether what a peer does is a user's of their own: no thread of its page is another's. */
  isIndependent: boolean;
  /** Whether what travels is what was captured, coded and decoded at that size. */
  isRealContent: boolean;
}

const REAL = {
  video: { width: 640, height: 360, frameRate: 20 },
  voiceProcessing: true,
  isIndependent: true,
  isRealContent: true,
} as const;

/** The media profiles there are. A script's own options for media win over them. */
export const MEDIA_PROFILES: Readonly<Record<ProfileName, MediaProfile>> = {
  real: { ...REAL, summary: 'A picture of 640×360 at 20 frames a second, and sound: a small video call.' },
  hd: {
    ...REAL,
    summary: 'A picture of 1280×720 at 30 frames a second, and sound.',
    video: { width: 1280, height: 720, frameRate: 30 },
  },
  light: {
    ...REAL,
    summary:
      'A picture of 320×180 at 10 frames a second, and sound that nothing is done to; in Chromium, tabs of one process.',
    video: { width: 320, height: 180, frameRate: 10 },
    voiceProcessing: false,
    isolation: 'tab',
    peersPerBrowser: 16,
    processPerSite: true,
    isIndependent: false,
  },
  audio: {
    ...REAL,
    summary: 'Sound alone, that nothing is done to; in Chromium, tabs of one process.',
    video: false,
    voiceProcessing: false,
    isolation: 'tab',
    peersPerBrowser: 16,
    processPerSite: true,
    isIndependent: false,
  },
  replay: {
    ...REAL,
    summary:
      'Frames of a recorded call of 640×360 at 20 frames a second travel around a tiny picture, and sound: real packets, nearly no coding.',
    replays: true,
    isRealContent: false,
  },
  page: {
    ...REAL,
    summary: 'As real, of many peers in one page.',
    isolation: 'page',
    isIndependent: false,
  },
};
