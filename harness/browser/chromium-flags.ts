import { MEDIA_PROFILES, type ProfileName } from '../media/profiles.ts';
import type { Headless } from '../plan/fleet.ts';

/** Flags every Chromium-family browser is started with, each with why. */
const ALWAYS = [
  // Media: fake camera and microphone, and playing without a click.
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  // Elements stay unmuted, as a muted one zeroes `inbound-rtp.totalAudioEnergy`; the machine stays silent all the same.
  '--mute-audio',
  // No throttling of pages nobody looks at.
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  // `performance.memory` to the byte, for leaks.
  '--enable-precise-memory-info',
  // Quiet: nothing that talks to anyone but us.
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-extensions',
  '--disable-quic',
  '--disable-sync',
  '--disable-breakpad',
  '--metrics-recording-only',
  '--no-service-autorun',
  '--password-store=basic',
  '--use-mock-keychain',
  '--disable-popup-blocking',
  '--disable-prompt-on-repost',
  '--disable-hang-monitor',
  '--disable-ipc-flooding-protection',
  '--disable-dev-shm-usage',
];

/** No prompts: every page has the permission from the start. */
const NO_PROMPT = ['--use-fake-ui-for-media-stream'];
/** Chromium gives plain addresses to pages that may use camera or microphone: so they may not until they ask. */
const NO_PROMPT_KEEPING_MDNS = ['--auto-accept-camera-and-microphone-capture'];

const DISABLED_FEATURES = [
  'Translate',
  'MediaRouter',
  'OptimizationHints',
  'AcceptCHFrame',
  'CalculateNativeWinOcclusion',
];

export interface PageFlagOptions {
  headed: boolean;
  /** Default: `new`. */
  headless?: Headless | undefined;
  /** Keep mDNS host candidates instead of plain addresses. */
  mdns: boolean;
  /** Accept the run's own certificate, also for TURN over TLS: every certificate, unless `trustedSpki` says which. */
  acceptRunCertificate: boolean;
  /**
   * SHA-256 of the public keys, base64, of the only certificates that are accepted whoever signed them. Chromium takes
   * this only along with a profile of its own.
   */
  trustedSpki?: readonly string[];
  /** What peers send. Default: `real`. */
  media?: ProfileName | undefined;
  /** Files in place of what the fake camera and microphone make up. */
  files?: { video?: string; audio?: string } | undefined;
  platform?: NodeJS.Platform;
}

export interface ChromiumFlagOptions extends PageFlagOptions {
  profile: string;
  /** Root cannot use Chromium's sandbox. */
  sandbox: boolean;
}

/** The command line of a Chromium-family browser that waits for DevTools connections on a port of its own. */
export function chromiumFlags({ profile, sandbox, ...options }: ChromiumFlagOptions): string[] {
  return [
    `--user-data-dir=${profile}`,
    '--remote-debugging-port=0',
    ...pageFlags(options),
    ...(sandbox ? [] : ['--no-sandbox']),
    'about:blank',
  ];
}

/** What makes pages peers, whoever starts the browser. */
export function pageFlags({
  headed,
  headless = 'new',
  mdns,
  acceptRunCertificate,
  trustedSpki = [],
  files = {},
  media = 'real',
  platform = process.platform,
}: PageFlagOptions): string[] {
  const disabled = mdns ? DISABLED_FEATURES : [...DISABLED_FEATURES, 'WebRtcHideLocalIpsWithMdns'];
  return [
    ...ALWAYS.filter((flag) => platform === 'linux' || flag !== '--disable-dev-shm-usage'),
    `--disable-features=${disabled.join(',')}`,
    ...(mdns ? NO_PROMPT_KEEPING_MDNS : NO_PROMPT),
    ...(headed ? [] : [headless === 'new' ? '--headless=new' : '--headless']),
    ...mediaFlags(media),
    ...(files.video === undefined ? [] : [`--use-file-for-fake-video-capture=${files.video}`]),
    ...(files.audio === undefined ? [] : [`--use-file-for-fake-audio-capture=${files.audio}`]),
    ...(acceptRunCertificate ? [acceptCertificates(trustedSpki)] : []),
  ];
}

/** The most that Chromium's fake camera gives unless it is told. */
const FAKE_FPS = 20;

/** A flag that comes later wins over the one that is always there. */
function mediaFlags(media: ProfileName): string[] {
  const { video, processPerSite } = MEDIA_PROFILES[media];
  const frameRate = video ? video.frameRate : FAKE_FPS;
  return [
    ...(frameRate > FAKE_FPS ? [`--use-fake-device-for-media-stream=fps=${frameRate}`] : []),
    ...(processPerSite ? ['--process-per-site'] : []),
  ];
}

function acceptCertificates(trustedSpki: readonly string[]): string {
  if (trustedSpki.length === 0) return '--ignore-certificate-errors';
  return `--ignore-certificate-errors-spki-list=${trustedSpki.join(',')}`;
}
