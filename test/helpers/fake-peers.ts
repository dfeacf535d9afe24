import { RemotePeer, type RemotePeerOptions } from '../../harness/peer/remote-peer.ts';
import type { StatsDelta } from '../../harness/stats/sample.ts';
import type { CallEvent } from '../../harness/store/layout.ts';
import type { FakeAgent } from './fake-agent.ts';
import { FakeHost, type FakeHostOptions } from './fake-host.ts';

export interface FakePeers extends AsyncDisposable {
  caller: RemotePeer;
  callee: RemotePeer;
  agents: { caller: FakeAgent; callee: FakeAgent };
  /** The agent of the page that a role is in now. */
  newest(role: string): FakeAgent;
  events: CallEvent[];
  stats: StatsDelta[];
}

/** A caller and a callee with fake agents at their other ends. */
export async function openFakePeers({
  callTimeoutMs = 20_000,
  signal = new AbortController().signal,
  ...hostOptions
}: FakeHostOptions & Partial<Pick<RemotePeerOptions, 'callTimeoutMs' | 'signal'>> = {}): Promise<FakePeers> {
  const host = await FakeHost.open(hostOptions);
  const events: CallEvent[] = [];
  const stats: StatsDelta[] = [];
  const openPeer = async (role: string) => {
    const openPage = () => host.openPage({ role, browser: 'chrome', onConsole: () => {}, signal });
    return new RemotePeer({
      role,
      page: await openPage(),
      openPage,
      join: {
        signaling: { transport: 'ws', url: '/signaling', token: 't', room: 'r' },
        owner: 'the owner of this place',
        statsIntervalMs: 500,
      },
      rtc: {},
      recordingFile: (mimeType) => Promise.reject(new Error(`no file for ${mimeType} here`)),
      callTimeoutMs,
      signal,
      onEvent: (event) => void events.push(event),
      onStats: (delta) => void stats.push(delta),
    });
  };
  const caller = await openPeer('caller');
  const callee = await openPeer('callee');
  return {
    caller,
    callee,
    agents: { caller: host.agent('caller'), callee: host.agent('callee') },
    newest: (role) => host.agent(role),
    events,
    stats,
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}

/** The agent of one role behaves otherwise than well. */
export const only =
  (role: string, agent: NonNullable<FakeHostOptions['agent']>): FakeHostOptions['agent'] =>
  (which, nth) =>
    which === role ? agent(which, nth) : {};
