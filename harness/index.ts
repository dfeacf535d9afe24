export { defineConfig, type Config } from './config/config.ts';
export { defineScenario } from './scenario/scenario.ts';
export { callFacts, type CallFactsOptions, hangUpFacts } from './scenario/call-facts.ts';
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
export { meanRateBps, yieldFacts, yieldMs } from './scenario/rate-facts.ts';
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
  SentRate,
  VideoOptions,
  VideoSource,
} from './peer/peer.ts';
export type { ConnectionSettings, PageRig } from './peer/connection-settings.ts';
export * from './errors.ts';
export { supports, type FeatureName, type Needs } from './features/feature.ts';
export { EXIT_CODES } from './exit-codes.ts';
export type { DataRate, Duration, Percentage } from './units.ts';
export type { FaultKind, FaultName, FaultSpec } from '../signaling-stub/faults/rule.ts';
