import { AGENT_PROTOCOL, type FromAgent, type ToAgent } from '../protocol.ts';
import { Agent } from './agent.ts';
import { now } from './clock.ts';
import { PhaseError } from './phase-error.ts';
import type { SharedPage } from '../seat-agent.ts';
import { type captureAlone, SharedCapture } from './shared-capture.ts';
import type { OpenSession } from './signaling/session.ts';

/** What the harness wrote into the page. */
interface PageConfig {
  /** Path of the control channel on this page's own server. */
  control: string;
  /** A person's page: waits for a click, so that the browser lets it play and record. */
  manual: boolean;
  /** Other agents may be seated here, too. */
  shared?: boolean;
}

type Signaling = Readonly<Record<string, OpenSession>>;

/** Begins the page's work. What it can reach signaling by is decided when the page is built. */
export function startAgent(signaling: Signaling): void {
  const {
    control,
    manual,
    shared = false,
  } = JSON.parse(document.getElementById('config')!.textContent!) as PageConfig;
  const join = document.getElementById('join');
  if (shared) return seatSeveral(control, signaling);
  if (!manual || !join) return connect(control, signaling);
  join.addEventListener('click', () => {
    join.remove();
    connect(control, signaling);
  });
}

/** Each with its own channel, signaling and connections; camera and microphone are the page's. */
function seatSeveral(first: string, signaling: Signaling): void {
  const { capture } = new SharedCapture();
  const seat = (control: string) => connect(control, signaling, capture);
  (globalThis as SharedPage).callrigSeat = seat;
  seat(first);
}

function connect(control: string, signaling: Signaling, openDevices?: typeof captureAlone): void {
  const socket = new WebSocket(new URL(control, location.href.replace(/^http/, 'ws')));
  const tell = (message: FromAgent) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const agent = new Agent({
    emit: (name, data) => tell({ type: 'event', t: now(), name, ...(data !== undefined && { data }) }),
    pushStats: (deltas) => tell({ type: 'stats', deltas }),
    signaling,
    openDevices,
  });

  socket.addEventListener('open', () => {
    show('Connected. The call begins by itself.');
    tell({
      type: 'hello',
      protocol: AGENT_PROTOCOL,
      userAgent: navigator.userAgent,
      secureContext: isSecureContext,
      peerConnection: 'RTCPeerConnection' in globalThis,
    });
  });
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as ToAgent;
    if (message.type === 'ping') tell({ type: 'pong', id: message.id, t: now() });
    else void obey(agent, message, tell);
  });
  // Without the harness nobody hangs up: release the devices and go quiet.
  socket.addEventListener('close', () => {
    agent.close();
    show('The run is over. You can close this page.');
  });
}

async function obey(
  agent: Agent,
  { id, name, arg }: Extract<ToAgent, { type: 'command' }>,
  tell: (message: FromAgent) => void,
): Promise<void> {
  try {
    const handler = agent.handlers[name] as (arg: unknown) => unknown;
    tell({ type: 'result', id, value: (await handler(arg)) ?? null });
  } catch (error) {
    const { name: kind, message } = error instanceof Error ? error : new Error(String(error));
    const known = error instanceof PhaseError && { phase: error.phase };
    tell({ type: 'fault', id, fault: { name: kind, message, ...known } });
  }
}

function show(text: string): void {
  const status = document.getElementById('status');
  if (status) status.textContent = text;
}
