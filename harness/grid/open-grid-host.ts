import type { AsyncStack } from '../lifecycle/async-stack.ts';
import type { ControlServer } from '../peer/control-server.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunEvent } from '../store/layout.ts';
import type { GridAddress } from './address.ts';
import { GridBrowsers } from './grid-browsers.ts';
import { GridClient } from './grid-client.ts';
import { GridHost } from './grid-host.ts';
import { seatingOf } from './survey.ts';

/** The Grid of a run, with what stands in no plan. */
export interface RunGrid {
  address: GridAddress;
  /** Sessions that it can have at the same time. `undefined` when it grows as needed. */
  slots: number | undefined;
}

export interface OpenGridHostOptions {
  plan: Plan;
  grid: RunGrid;
  server: ControlServer;
  trustedSpki: readonly string[];
  emit: (event: RunEvent) => void;
}

/** Where the peers of a run live that has its browsers from a Grid. Their sessions are ended with the stack. */
export function openGridHost(
  { plan, grid, server, trustedSpki, emit }: OpenGridHostOptions,
  stack: AsyncStack,
): GridHost {
  const { options, network, browsers, media } = plan;
  const { address, slots } = grid;
  const { asTab, ...seating } = seatingOf(plan);
  const running = new GridBrowsers({
    client: new GridClient(address),
    browsers,
    options,
    media,
    ...seating,
    slots,
    // What impairs a page at this level speaks DevTools.
    devtools: network?.level === 'shaped',
    trustedSpki,
    emit,
  });
  return new GridHost({ browsers: stack.use(running), server, publicUrl: options.publicUrl, asTab });
}
