export { defineConfig, type Config } from './config/config.ts';
export { defineScenario } from './scenario/scenario.ts';
export { param, type ParamSpec } from './scenario/params.ts';
export type { Barrier, Shared } from './scenario/meeting.ts';
export type { CustomMetric } from './metrics/custom-metrics.ts';
export { mutedFacts, quieterFact, stoppedFacts } from './scenario/absence-facts.ts';
export { callFacts, type CallFactsOptions, hangUpFacts } from './scenario/call-facts.ts';
export { callAround, enterRoom, othersOf, receiveAll, roomFacts } from './scenario/room.ts';
export {
  addressFacts,
  type Failure,
  failureFacts,
  failureOf,
  gapFacts,
  longestGapMs,
  outageFacts,
  refusalFacts,
  silenceFacts,
  signalingFact,
  SIGNALING_LOST,
} from './scenario/disturbance-facts.ts';
export { hitFact, type Stuck, stuckFacts } from './scenario/signaling-facts.ts';
export { capFacts, meanRateBps, yieldFacts, yieldMs } from './scenario/rate-facts.ts';
export { directionFacts, offerCount, sectionsFact, unnegotiatedFact } from './scenario/negotiation-facts.ts';
export { hasStopped, isDark, isLit } from './scenario/page-functions.ts';
export { encryptedFacts, secrecyFacts } from './scenario/cipher-facts.ts';
export { codecFacts, type CodecExpectation } from './scenario/codec-facts.ts';
export { encryptionFacts, refusedFacts } from './scenario/encryption-facts.ts';
export {
  countFrames,
  encryptFrames,
  type CipherCounts,
  type CipherOptions,
} from './scenario/frame-cipher.ts';
export { layerFacts, layersReceivedFacts, type Layer } from './scenario/layer-facts.ts';
export { layersApart, layersTogether } from './scenario/layers-apart.ts';
export { originFacts } from './scenario/origin-facts.ts';
export { preferCodec, type PreferredCodec } from './scenario/prefer-codec.ts';
export { scalabilityFacts } from './scenario/scalability-facts.ts';
export { seenFrames, watchFrames, type SeenFrames } from './scenario/watch-frames.ts';
export { certificateFacts } from './scenario/certificate-facts.ts';
export { contentFacts } from './scenario/content-facts.ts';
export {
  captureOnce,
  type Capture,
  deviceFacts,
  inputDevices,
  type KnownDevice,
  refusedCaptureFact,
  settingsFact,
} from './scenario/capture-facts.ts';
export {
  capturedScreen,
  clickPage,
  resizeScreen,
  screenFact,
  type SharedScreen,
  shareScreen,
  shownScreen,
  type Shown,
  shownVideos,
  stopScreen,
} from './scenario/screen.ts';
export type { ContentReading } from './peer/content-reading.ts';
export { pathFacts, type PathExpectation, type PathName, PATHS, relayFacts } from './scenario/path-facts.ts';
export type { NetworkControl, SignalingControl, TurnControl } from './scenario/controls.ts';
export type { IceServerName, IceSpec } from './topology/ice.ts';
export { expectedRoute } from './topology/nat-traversal.ts';
export type * from './topology/spec.ts';
export type { NetworkLevel, Variants, VariantSpec } from './scenario/scenario.ts';
export type { TurnAllocation } from './call-record.ts';
export type { Fact, Scenario, ScriptContext, ThresholdExpression, Thresholds } from './scenario/scenario.ts';
export type {
  AwaitedState,
  FrameGap,
  FrameGaps,
  HangUpObservation,
  MediaObservation,
  MediaOptions,
  Peer,
  Recording,
  SentRate,
  VideoOptions,
  VideoSource,
} from './peer/peer.ts';
export {
  type ConnectedSignaling,
  defineSignaling,
  type SignalingAdapter,
  type SignalingListener,
  type SignalingTarget,
} from './peer/agent/signaling/define-signaling.ts';
export type { ConnectionSettings, PageRig, Picture, Received } from './peer/connection-settings.ts';
export * from './errors.ts';
export { supports, type FeatureName, type Needs } from './features/feature.ts';
export type { FaultKind, FaultName, FaultSpec } from '../signaling-stub/faults/rule.ts';
export {
  backpressureFact,
  channelFacts,
  deliveryFacts,
  type DeliveryExpectation,
  transferFacts,
  triedFact,
} from './scenario/data-facts.ts';
export type {
  ChannelOptions,
  DataChannel,
  DeliveredMessages,
  TransferredFile,
  TriedMessage,
} from './peer/data-channel.ts';
export type { BrowserRange, KnownFailure, KnownMode } from './known/known-failure.ts';
export { recordingFacts, type RecordingExpectation } from './scenario/recording-facts.ts';
export type { Playback } from './peer/recording-protocol.ts';
export type { ProbedRecording, RecordingRecord } from './call-record.ts';
export { EXIT_CODES } from './exit-codes.ts';
export { parseDataRate, parseDuration, type DataRate, type Duration, type Percentage } from './units.ts';
