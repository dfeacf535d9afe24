import { benchBots } from './bots.ts';
import { benchCollector } from './collector.ts';
import { benchConnect } from './connect-truth.ts';
import { benchDensity } from './density.ts';
import { benchLab, benchTruth } from './ground-truth.ts';
import { benchLinks } from './link-cost.ts';
import { benchOverload } from './overload.ts';
import { benchProfiles } from './profiles.ts';
import { benchFirstCall, benchWholeRun } from './speed.ts';
import { benchSignaling } from './signaling.ts';
import { benchStats } from './stats-cost.ts';
import type { Figure } from './runs.ts';

/**
 * `npm run bench`: what Callrig costs, as ratios measured side by side in this one run. Absolute times of a shared
 * machine say little; a ratio over its limit makes the command exit 1.
 */
const BENCHES: Record<string, () => Promise<Figure[]>> = {
  'first-call': benchFirstCall,
  'whole-run': benchWholeRun,
  stats: benchStats,
  collector: benchCollector,
  signaling: benchSignaling,
  bots: benchBots,
  density: benchDensity,
  profiles: benchProfiles,
  overload: benchOverload,
  links: benchLinks,
  connect: benchConnect,
  lab: benchLab,
  truth: benchTruth,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  console.error(`bench: expected any of ${Object.keys(BENCHES).join(', ')}, got ${unknown.join(', ')}`);
  process.exit(104);
}
let over = 0;
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const { name: what, value, unit, limit, from } of await bench()) {
    // What is no number is over, too.
    const isOver = !(value <= limit);
    if (isOver) over++;
    console.log(`${isOver ? '✕' : '✓'} ${what}: ${value.toFixed(2)} ${unit} (at most ${limit}); ${from}`);
  }
}
process.exitCode = over > 0 ? 1 : 0;
