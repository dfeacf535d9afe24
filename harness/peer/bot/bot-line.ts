import { WebSocket } from 'ws';
import { now } from '../agent/clock.ts';
import { PhaseError } from '../agent/phase-error.ts';
import { AGENT_PROTOCOL, type FromAgent, type ToAgent } from '../protocol.ts';
import { BotAgent, type BotAgentOptions } from './bot-agent.ts';

export interface BotLineOptions extends Pick<BotAgentOptions, 'engine' | 'signaling'> {
  /** The control channel's address: `ws://127.0.0.1:PORT/control/TOKEN`. */
  url: string;
  /** How late this process is lately, ms. */
  latenessMs: () => number;
}

/** One bot: opens its control channel and obeys what comes over it, until that closes. */
export function openBot({ url, engine, signaling, latenessMs }: BotLineOptions): void {
  // The certificate is the run's own, made a moment ago.
  const socket = new WebSocket(url, { perMessageDeflate: false, rejectUnauthorized: false });
  const tell = (message: FromAgent) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const agent = new BotAgent({
    engine,
    origin: new URL(url).origin,
    signaling,
    emit: (name, data) => tell({ type: 'event', t: now(), name, ...(data !== undefined && { data }) }),
    // A loop that is late is late for all its bots, whenever their own timers happened to fire.
    pushStats: (deltas) =>
      tell({
        type: 'stats',
        deltas: deltas.map((delta) => ({ ...delta, lateMs: Math.max(delta.lateMs, latenessMs()) })),
      }),
  });
  socket.on('open', () =>
    tell({
      type: 'hello',
      protocol: AGENT_PROTOCOL,
      userAgent: `callrig bot (${engine.version})`,
      secureContext: true,
      peerConnection: true,
      blindTo: [...engine.blindTo],
    }),
  );
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as ToAgent;
    if (message.type === 'ping') tell({ type: 'pong', id: message.id, t: now() });
    else void obey(agent, message, tell);
  });
  // The close that follows says as much as is to be done about it.
  socket.on('error', () => {});
  socket.on('close', () => void agent.close());
}

async function obey(
  agent: BotAgent,
  { id, name, arg }: Extract<ToAgent, { type: 'command' }>,
  tell: (message: FromAgent) => void,
): Promise<void> {
  try {
    tell({ type: 'result', id, value: await agent.obey(name, arg) });
  } catch (error) {
    const { name: kind, message } = error instanceof Error ? error : new Error(String(error));
    const known = error instanceof PhaseError && { phase: error.phase };
    tell({ type: 'fault', id, fault: { name: kind, message, ...known } });
  }
}
