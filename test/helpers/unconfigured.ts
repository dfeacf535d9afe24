import type { Scenario } from '../../harness/index.ts';

/** The scenario with peers that take every `configure()` for said: nothing of it is done. */
export function unconfigured<Role extends string, Variant extends string>(
  scenario: Scenario<Role, Variant>,
): Scenario<Role, Variant> {
  return {
    ...scenario,
    script: (context) => {
      for (const peer of context.peers) peer.configure = () => Promise.resolve();
      return scenario.script(context);
    },
  };
}
