import type { BotEngine } from '../engine.ts';
export function openWrtcEngine(): BotEngine {
  throw new Error('soon');
}
