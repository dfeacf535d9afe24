import type { PeerRecord } from '../call-record.ts';
import type { PeerLink } from './peer-link.ts';

/** What a peer's page has to say for the record of its call; once it is gone, what it had told by itself. */
export async function recordOf(link: PeerLink): Promise<PeerRecord> {
  const { page, told } = link;
  const { channel } = page;
  const known = () => [told.marks, told.evidence, {}] as const;
  const ask = () =>
    Promise.all([
      link.command('marks', {}),
      link.command('evidence', {}),
      link.command('connections', null),
    ] as const);
  const [marks, evidence, connections] = channel.lost ? known() : await ask().catch(known);
  const clock = channel.clock.estimate;
  return {
    role: link.role,
    browser: page.browser,
    ...(page.kind && { kind: page.kind }),
    ...(page.version && { browserVersion: page.version }),
    userAgent: channel.hello.userAgent,
    ...(page.driver && { driver: page.driver }),
    ...(page.pid && { pid: page.pid }),
    ...(clock && { clock }),
    marks,
    evidence,
    ...(Object.keys(connections).length > 1 && { connections }),
    console: [],
    process: [],
  };
}
