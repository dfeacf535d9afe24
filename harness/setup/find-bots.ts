import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BOT_PACKAGES, type BotEngineName, type PlannedBot } from '../plan/bots.ts';

const require = createRequire(import.meta.url);

/** Every engine of bots, with the version of what is installed. */
export function findBots(): PlannedBot[] {
  return Object.entries(BOT_PACKAGES).map(([name, packageName]) => {
    const version = installedVersion(packageName);
    return {
      name: name as BotEngineName,
      package: packageName,
      ...(version !== undefined && { version }),
    };
  });
}

/** As its package.json says, which not every package exports; `undefined` if it is not installed. */
export function installedVersion(packageName: string): string | undefined {
  for (const folder of require.resolve.paths(packageName) ?? []) {
    try {
      const text = readFileSync(join(folder, packageName, 'package.json'), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch {
      // Not in this one.
    }
  }
  return undefined;
}
