import { NetworkError } from '../errors.ts';
import { locateDumpcap } from '../network/lab/capture.ts';
import type { Plan } from '../plan/plan.ts';
import { locateCoturn } from '../turn/coturn.ts';

/**
 * What the run itself starts besides browsers must be there before any of them is launched.
 *
 * @throws NetworkError with all that is missing, and the commands that install it
 */
export function requireTools(
  { cells, iceServers, network, options }: Pick<Plan, 'cells' | 'iceServers' | 'network' | 'options'>,
  env: NodeJS.ProcessEnv,
): void {
  const able = cells.filter(({ unsupported }) => unsupported === undefined);
  const isServing = iceServers === undefined && able.some(({ ice }) => ice && ice.servers.length > 0);
  const isCapturing = options.pcap && network?.level === 'lab' && able.length > 0;
  const missing = [
    ...(isServing ? [errorOf(() => locateCoturn(env))] : []),
    ...(isCapturing ? [errorOf(() => locateDumpcap(env))] : []),
  ].filter((error) => error !== undefined);
  const [first, second] = missing;
  if (!first) return;
  if (!second) throw first;
  throw new NetworkError(missing.map(({ message }) => message).join('; '), {
    code: 'TOOLS_NOT_INSTALLED',
    hint: missing.flatMap(({ hint }) => hint ?? []).join('; '),
  });
}

function errorOf(locate: () => unknown): NetworkError | undefined {
  try {
    locate();
    return undefined;
  } catch (error) {
    if (error instanceof NetworkError) return error;
    throw error;
  }
}
