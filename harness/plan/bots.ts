/** WebRTC implementations without a browser around them that can be peers: usable in pairs as browsers are. */
export type BotEngineName = 'bot' | 'werift' | 'wrtc';

/** A bot's engine that a plan needs. */
export interface PlannedBot {
  name: BotEngineName;
  /** On npm. */
  package: string;
  /** Of the package that is installed; absent if it is not. */
  version?: string;
}

/** Which package each engine is in. */
export const BOT_PACKAGES: Readonly<Record<BotEngineName, string>> = {
  bot: 'node-datachannel',
  werift: 'werift',
  wrtc: '@roamhq/wrtc',
};

export function isBot(name: string): name is BotEngineName {
  return Object.hasOwn(BOT_PACKAGES, name);
}

/** Why a cell with these peers cannot be tried: an engine that is not installed, and how to get it. */
export function missingBot(
  assignment: Readonly<Record<string, string>>,
  bots: readonly PlannedBot[],
): string | undefined {
  const missing = bots.find(
    ({ name, version }) => version === undefined && Object.values(assignment).includes(name),
  );
  return missing && `${missing.name} is not installed: npm install ${missing.package}`;
}
