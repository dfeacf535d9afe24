// A stub with two clients, one of them away, and a stranger: says what is still open at the end.
// With `--leak` nothing is closed, to show that this would be seen.
import { WebSocket } from 'ws';
import { openSignalingClient } from '../../signaling-stub/client/client.ts';
import { openSignalingStub } from '../../signaling-stub/server.ts';

const stub = await openSignalingStub();
const { url, token } = stub;
const [a, b] = ['a', 'b'].map((peer) => openSignalingClient({ url, token, room: 'r', peer, WebSocket }));
const stranger = new WebSocket(url);
const strangerGone = new Promise((resolve) => stranger.once('close', resolve));
await Promise.all([a?.joined, b?.joined, new Promise((resolve) => stranger.once('open', resolve))]);
a?.send('b', 'bye', {});
stub.disconnect('r', 'b');

if (process.argv.includes('--leak')) {
  report();
  process.exit();
} else {
  await a?.close();
  await stub.close();
  await b?.close();
  await strangerGone;
  // Nothing may keep this process alive now: it must come to its end by itself.
  process.once('beforeExit', report);
}

function report(): void {
  const open = process.getActiveResourcesInfo().filter((name) => /TCP|Timeout|Immediate/.test(name));
  process.stdout.write(JSON.stringify(open));
}
