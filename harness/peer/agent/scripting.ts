import type { PageRig } from '../connection-settings.ts';
import { now } from './clock.ts';
import type { CommandGroup } from './command-group.ts';
import { compile } from './compile.ts';
import { inPhase } from './phase-error.ts';

/** How often `until()` looks, ms. */
const POLL_MS = 15;

/** Runs functions of the script's. */
export function scripting({ rig }: { rig: PageRig }): CommandGroup<'evaluate' | 'until'> {
  return {
    handlers: {
      evaluate: ({ body, arg }) =>
        inPhase('script', 'evaluate()', async () => (await (await compile(body))(arg, rig)) ?? null),
      until: async ({ body, arg, timeoutMs }) => {
        const look = await compile(body);
        const deadlineMs = now() + timeoutMs;
        while (now() < deadlineMs) {
          const seen = await inPhase('script', 'until()', async () => look(arg, rig));
          if (seen) return seen;
          await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        }
        return null;
      },
    },
    reset: () => {
      for (const name of Object.keys(rig.kept)) delete rig.kept[name];
    },
  };
}
