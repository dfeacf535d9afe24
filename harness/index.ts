export { defineConfig, type Config } from './config/config.ts';
export { defineScenario } from './scenario/scenario.ts';
export { callFacts, type CallFactsOptions, hangUpFacts } from './scenario/call-facts.ts';
export type { Fact, Scenario, ScriptContext, ThresholdExpression, Thresholds } from './scenario/scenario.ts';
export type { HangUpObservation, MediaObservation, MediaOptions, Peer, VideoSource } from './peer/peer.ts';
export * from './errors.ts';
export { EXIT_CODES } from './exit-codes.ts';
export type { DataRate, Duration } from './units.ts';
