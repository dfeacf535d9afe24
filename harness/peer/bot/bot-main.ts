// A process of bots: `bot-main.ts ENGINE FOLDER [ADAPTER]`. Each line of stdin is the address of a control channel, and
// one more bot; at its end the process ends. FOLDER is the run's, so that its watchdog knows whose process this is.
import { createInterface } from 'node:readline';
import type { BotEngineName } from '../../plan/bots.ts';
import type { AdapterFile } from '../agent-page.ts';
import { openBot } from './bot-line.ts';
import { botSignaling } from './bot-signaling.ts';
import type { BotEngine } from './engine.ts';
import { watchLateness } from './lateness.ts';

const ENGINES: Record<BotEngineName, () => Promise<BotEngine>> = {
  bot: async () => (await import('./engines/datachannel.ts')).openDatachannelEngine(),
  werift: async () => (await import('./engines/werift.ts')).openWeriftEngine(),
  wrtc: async () => (await import('./engines/wrtc.ts')).openWrtcEngine(),
};

const [name, , adapterText] = process.argv.slice(2);
const adapter = adapterText === undefined ? undefined : (JSON.parse(adapterText) as AdapterFile);
const signaling = botSignaling(adapter);
const latenessMs = watchLateness();
const engine = await ENGINES[name as BotEngineName]();

async function end(): Promise<void> {
  await engine.close();
  process.exit(0);
}

createInterface({ input: process.stdin })
  .on('line', (url) => openBot({ url, engine, signaling, latenessMs }))
  .on('close', () => void end());
process.once('SIGTERM', () => void end());
