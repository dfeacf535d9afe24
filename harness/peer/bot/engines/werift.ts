import type { BotEngine } from '../engine.ts';
export function openWeriftEngine(): BotEngine {
  throw new Error('soon');
}
