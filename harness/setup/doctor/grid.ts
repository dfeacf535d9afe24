import { CallrigError, toError } from '../../errors.ts';
import type { GridAddress } from '../../grid/address.ts';
import { GridClient } from '../../grid/grid-client.ts';
import { GRID_NAMES, gridBrowserOf, isSlotFor } from '../../grid/known-names.ts';
import { countSlots, describeSlots } from '../../grid/status.ts';
import type { GridFinding } from './report.ts';

/** Asks a Grid what it has. One that does not answer is a finding with its reason, never an error. */
export async function askGrid(address: GridAddress): Promise<GridFinding> {
  const { url } = address;
  try {
    const status = await new GridClient(address).status();
    const browsers = GRID_NAMES.filter((name) => {
      const browser = gridBrowserOf(name);
      return browser && countSlots(status, (slot) => isSlotFor(browser, slot)).total > 0;
    });
    const nodes = status.nodes.map((node) => ({
      uri: node.uri,
      slots: describeSlots({ nodes: [node] }),
      maxSessions: node.maxSessions,
    }));
    return { url, ...countSlots(status), nodes, browsers, canCall: browsers.length > 0 };
  } catch (thrown) {
    const { message } = toError(thrown);
    const hint = thrown instanceof CallrigError && thrown.hint ? ` (${thrown.hint})` : '';
    return { url, nodes: [], browsers: [], canCall: false, failure: `${message}${hint}` };
  }
}
