import { describe, expect, test } from 'vitest';
import type { CallRecord } from '../../harness/call-record.ts';
import { defineScenario, type Peer } from '../../harness/index.ts';
import { tryScenario, type TriedScenario } from '../helpers/try-scenario.ts';
import { warmBrowsers } from '../helpers/warm-browsers.ts';

const browsers = warmBrowsers();
const PAIRS = [['chrome:firefox'], ['firefox:chrome']] as const;

type Script = (caller: Peer, callee: Peer) => Promise<void>;

const doing = (script: Script) =>
  defineScenario({
    name: 'words',
    summary: 'A call that says every word.',
    guardsAgainst: 'words that do not do what they say',
    roles: ['caller', 'callee'],
    async script({ caller, callee }) {
      await Promise.all([caller.join(), callee.join()]);
      await script(caller, callee);
    },
  });

async function only({ stored }: TriedScenario): Promise<CallRecord> {
  const [call] = await stored.callIds();
  return stored.record(call!);
}

const LIGHT = { video: { width: 320, height: 180 } } as const;

describe.for(PAIRS)('%s', ([pair]) => {
  test('Peer.negotiate() resolves once what was added is there at the other side', async () => {
    const seen: unknown[] = [];
    const scenario = doing(async (caller, callee) => {
      await Promise.all([caller.openMedia({ video: false }), callee.openMedia({ video: false })]);
      await caller.call(callee);
      await caller.receiveMedia();
      await caller.evaluate((_, rig) => {
        const track = rig.openVideo({ width: 320, height: 180 });
        rig.connection('callee').addTrack(track, rig.stream);
      }, null);
      await caller.negotiate(callee);
      seen.push(
        await callee.until(
          (_, rig) =>
            rig.remoteTracks
              .map(({ kind }) => kind)
              .toSorted()
              .join(),
          null,
          { awaited: 'tracks' },
        ),
      );
      await callee.receiveMedia();
      await callee.hangUp();
    });
    await using run = await tryScenario(scenario, { pairs: [pair], browsers });
    expect((await only(run)).fault).toBeUndefined();
    expect(seen).toEqual(['audio,video']);
  });

  test('Peer.configure() decides on candidates, keys and bundles, and on what the other side is told', async () => {
    const told: Record<string, string>[] = [];
    const offers: string[] = [];
    const scenario = doing(async (caller, callee) => {
      await caller.configure({
        trickle: false,
        certificate: 'RSA',
        bundlePolicy: 'max-bundle',
        rewrite: ({ type, sdp }, marker) => ({ type, sdp: `${sdp}a=x-callrig:${marker}\r\n` }),
        arg: 'here',
      });
      await callee.configure({
        prepare: (pc, rig) => {
          rig.kept['state'] = pc.signalingState;
        },
      });
      await Promise.all([caller.openMedia(LIGHT), callee.openMedia(LIGHT)]);
      await caller.call(callee);
      await Promise.all([caller.receiveMedia(), callee.receiveMedia()]);
      const { localCandidates, localDescription = '' } = await caller.evidence();
      const { remoteCandidates, remoteDescription = '' } = await callee.evidence();
      told.push({
        candidates: `${localCandidates.length > 0} ${remoteCandidates.length}`,
        inOffer: String(/^a=candidate/m.test(remoteDescription)),
        group: /a=group:BUNDLE [^\r]*/.exec(localDescription)?.[0] ?? '',
        prepared: await callee.evaluate((_, rig) => String(rig.kept['state']), null),
      });
      await caller.hangUp();
    });
    await using run = await tryScenario(scenario, {
      pairs: [pair],
      browsers,
      // Both browsers write what they were told anew, and leave out what they do not know.
      intercept: (message) => {
        if (message.kind === 'description') offers.push(message.payload.sdp ?? '');
        return message;
      },
    });
    expect((await only(run)).fault).toBeUndefined();
    expect(offers.map((sdp) => sdp.includes('a=x-callrig:here'))).toEqual([true, false]);
    expect(told).toEqual([
      {
        candidates: 'true 0',
        inOffer: 'true',
        group: 'a=group:BUNDLE 0 1',
        prepared: 'stable',
      },
    ]);
  });

  test('Peer.configure() with a politeness lets both sides offer, also at once', async () => {
    const glares: (number | undefined)[] = [];
    const scenario = doing(async (caller, callee) => {
      await caller.configure({ politeness: 'impolite' });
      await callee.configure({ politeness: 'polite' });
      // Of sound alone it would find a bug of Chromium 156: see `chromium-rollback-keeps-extensions`.
      await Promise.all([caller.openMedia(LIGHT), callee.openMedia(LIGHT)]);
      await caller.call(callee);
      for (let i = 0; i < 3; i++) {
        await Promise.all(
          [
            [caller, callee],
            [callee, caller],
          ].map(([peer, other]) =>
            peer!.evaluate((remote, rig) => {
              rig.connection(remote).addTransceiver('video', { direction: 'recvonly' });
            }, other!.role),
          ),
        );
        for (const [peer, other] of [
          [caller, callee],
          [callee, caller],
        ] as const)
          await peer.until(
            ({ remote, wanted }, rig) => {
              const pc = rig.connection(remote);
              const all = pc.getTransceivers();
              return (
                pc.signalingState === 'stable' && all.length === wanted && all.every((t) => t.mid !== null)
              );
            },
            { remote: other.role, wanted: 2 + 2 * (i + 1) },
            { awaited: 'both changes to be agreed' },
          );
      }
      for (const peer of [caller, callee]) glares.push((await peer.evidence()).glares);
      await caller.hangUp();
    });
    await using run = await tryScenario(scenario, { pairs: [pair], browsers });
    const { fault } = await only(run);
    expect(fault).toBeUndefined();
    expect(glares).toEqual([expect.any(Number), expect.any(Number)]);
  });

  test('a peer that reloads, or vanishes and comes back, can join and be called again', async () => {
    const seen: unknown[] = [];
    const scenario = doing(async (caller, callee) => {
      await caller.openMedia(LIGHT);
      for (const how of ['reload', 'comeBack'] as const) {
        await callee.openMedia(LIGHT);
        await caller.call(callee);
        await Promise.all([caller.receiveMedia(), callee.receiveMedia()]);
        await callee[how]();
        await callee.join();
        await callee.waitForPeer(caller, 'there');
      }
      await callee.openMedia(LIGHT);
      await callee.call(caller);
      await Promise.all([caller.receiveMedia(), callee.receiveMedia()]);
      seen.push(Object.keys(await callee.stats()));
      await caller.leave();
      await callee.waitForPeer(caller, 'gone');
      await caller.join();
      await callee.waitForPeer(caller, 'there');
    });
    await using run = await tryScenario(scenario, { pairs: [pair], browsers });
    expect((await only(run)).fault).toBeUndefined();
    expect(seen).toEqual([['caller']]);
  });
});
