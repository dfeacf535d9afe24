/**
 * Sizes of the frames of a recorded call, bytes: 640×360 at 20 frames a second, 480 kbit/s, VP8.
 *
 * Those of the recording that bots send, in its order (harness/peer/bot/media/write-media.ts made it: discs that move over
 * noise, by Chromium's own encoder in real time at a constant rate). Only sizes: packets are encrypted, so nothing else of
 * a frame shows on the wire.
 */
export const RECORDED_FRAMES = {
  frameRate: 20,
  /** Whole pictures. */
  key: [5265, 5128],
  /** What changed since the picture before. */
  delta: [
    2713, 2764, 2451, 2566, 2518, 2614, 2811, 2671, 2715, 2877, 3013, 2835, 2996, 2792, 2681, 2870, 3090,
    3107, 3052, 2990, 3231, 2872, 2746, 2669, 2664, 2678, 3105, 3187, 3254, 3166, 3191, 3182, 2808, 2829,
    3100, 3270, 3250, 3010, 2916, 3161, 2898, 2860, 3009, 2922, 3072, 3066, 3008, 2905, 3189, 2882, 2923,
    2763, 2865, 3061, 3024, 3050, 3227, 2813, 2920, 2778, 2891, 2677, 2722, 2577, 2797, 2922, 2968, 3033,
    3167, 3354, 3364, 3240, 3194, 3006, 3122, 2775, 2951, 3072,
  ],
} as const;
