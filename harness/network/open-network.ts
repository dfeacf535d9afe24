import { NetworkError } from '../errors.ts';
import type { AsyncStack } from '../lifecycle/async-stack.ts';
import type { TemporaryFolder } from '../lifecycle/temporary-folder.ts';
import type { ControlServer } from '../peer/control-server.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunEvent } from '../store/layout.ts';
import type { RunStore } from '../store/run-store.ts';
import type { GivenIceServer } from '../turn/given-servers.ts';
import type { RunCertificate } from '../turn/run-certificate.ts';
import type { TurnServerOptions } from '../turn/turn-server.ts';
import type { SignalingRooms } from './common-controls.ts';
import { GivenIceSupply } from './given-ice-supply.ts';
import type { IceSupply } from './ice-supply.ts';
import { OwnIceSupply } from './own-ice-supply.ts';
import { PlainNetwork } from './plain-network.ts';
import type { RunNetwork } from './run-network.ts';

/** A path of the run's own server, which the signaling stub is attached to. */
const SIGNALING_PATH = '/signaling';

export interface OpenNetworkOptions {
  plan: Plan;
  /** The user's own; without any the run starts its own where a call needs them. */
  iceServers: readonly GivenIceServer[];
  server: ControlServer;
  rooms: SignalingRooms;
  temporary: TemporaryFolder;
  /** There if TURN over TLS, or pages over TLS, need one. */
  certificate: RunCertificate | undefined;
  store: RunStore;
  emit: (event: RunEvent) => void;
}

/** The network of a run, at the level its plan says. What is opened is closed with the stack, in the right order. */
export async function openNetwork(options: OpenNetworkOptions, stack: AsyncStack): Promise<RunNetwork> {
  const level = options.plan.network?.level ?? 'loopback';
  if (level === 'lab') {
    const { LabNetwork } = await import('./lab-network.ts');
    return stack.use(new LabNetwork({ ...options, signalingPath: SIGNALING_PATH }));
  }
  const { iceServers, rooms } = options;
  const own = () => loopbackTurn(options);
  const supply: IceSupply = iceServers.length > 0 ? new GivenIceSupply(iceServers) : new OwnIceSupply(own);
  return new PlainNetwork({ level, signalingUrl: SIGNALING_PATH, rooms, supply: stack.use(supply) });
}

/** What a run's own TURN server is like wherever it runs. */
export function turnBasics({
  temporary,
  certificate,
  store,
  emit,
}: OpenNetworkOptions): Pick<TurnServerOptions, 'folder' | 'certificate' | 'emit' | 'onOutput'> {
  if (!certificate) throw new NetworkError('the run has no certificate', { code: 'TURN_NO_CERTIFICATE' });
  return {
    folder: temporary.create('turn'),
    certificate,
    emit,
    onOutput: (line) => void store.appendBrowserLog('turn', `${line}\n`).catch(() => {}),
  };
}

function loopbackTurn(options: OpenNetworkOptions): TurnServerOptions {
  return { ...turnBasics(options), ips: ['127.0.0.1'], allowLoopback: true, tlsName: 'localhost' };
}
