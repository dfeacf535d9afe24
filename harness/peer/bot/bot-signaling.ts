import { pathToFileURL } from 'node:url';
import { WebSocket } from 'ws';
import { adapted } from '../agent/signaling/adapted.ts';
import type { SignalingAdapter } from '../agent/signaling/define-signaling.ts';
import type { OpenSession } from '../agent/signaling/session.ts';
import type { AdapterFile } from '../agent-page.ts';
import { Unsupported } from './unsupported.ts';

/** What a page has and Node 20 has not. The run's certificate is its own. */
class PageWebSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols, { perMessageDeflate: false, rejectUnauthorized: false });
  }
}

/** The same ways to reach signaling that a page is built with, and the user's own as far as it needs no page. */
const KNOWN: Record<string, () => Promise<{ open: OpenSession }>> = {
  ws: () => import('../agent/signaling/ws.ts'),
  sse: () => import('../agent/signaling/sse.ts'),
  'long-poll': () => import('../agent/signaling/long-poll.ts'),
  socketio: () => import('../agent/signaling/socketio.ts'),
};

export function botSignaling(adapter: AdapterFile | undefined): (transport: string) => Promise<OpenSession> {
  Object.assign(globalThis, { WebSocket: PageWebSocket });
  return async (transport) => {
    if (adapter?.name === transport) return adapted(await importAdapter(adapter));
    const known = Object.hasOwn(KNOWN, transport) ? KNOWN[transport] : undefined;
    if (!known) throw new Unsupported(`a bot cannot reach signaling by ${transport}`);
    return (await known()).open;
  };
}

async function importAdapter({ name, file }: AdapterFile): Promise<SignalingAdapter> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { default: SignalingAdapter };
    return module.default;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Unsupported(`a bot cannot reach signaling by ${name}: its adapter needs a page (${why})`, {
      cause,
    });
  }
}
