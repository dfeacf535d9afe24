import {
  callFacts,
  defineScenario,
  type Fact,
  hasStopped,
  type PageRig,
  type Peer,
  quieterFact,
} from '../harness/index.ts';

const TONES = ['1', '#', '5'];

function mute(_: null, rig: PageRig): void {
  for (const track of rig.stream.getTracks()) track.enabled = false;
}

/** Begins to send tones if it can. Those that begin are kept, and an empty one after the last. */
function sendTones(tones: string, rig: PageRig): void {
  const senders = rig.connection('callee').getSenders();
  const dtmf = senders.map((sender) => sender.dtmf).find((each) => each?.canInsertDTMF);
  const begun: string[] = [];
  rig.kept['begun'] = begun;
  dtmf?.addEventListener('tonechange', ({ tone }) => begun.push(tone));
  dtmf?.insertDTMF(tones, 400, 100);
}

function begunTones(_: null, rig: PageRig): string[] {
  return rig.kept['begun'] as string[];
}

function sentFact(peer: Peer, begun: string[]): Fact {
  const wanted = [...TONES, ''];
  const write = (tones: string[]) => tones.map((tone) => tone || 'end').join(' ');
  return {
    name: 'the tones are sent, one after another',
    peer,
    passed: begun.join() === wanted.join(),
    expected: write(wanted),
    actual: write(begun) || 'none',
    phase: 'rtp',
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc4733#section-2.4 */
async function agreedFact(peer: Peer): Promise<Fact> {
  const { localDescription = '', remoteDescription = '' } = await peer.evidence();
  const both = [localDescription, remoteDescription].map((sdp) => /^a=rtpmap:\d+ telephone-event/m.test(sdp));
  return {
    name: 'tones are agreed on',
    peer,
    passed: both.every(Boolean),
    expected: 'telephone-event in both descriptions',
    actual: `in ${both.filter(Boolean).length} of 2`,
    phase: 'negotiation',
  };
}

/**
 * The caller, its microphone muted, presses three keys: they are sent as telephone events, and heard at the callee.
 *
 * Guards against calls to menus and conference bridges that do not hear what key was pressed.
 */
export default defineScenario({
  name: 'dtmf',
  summary: 'The caller presses three keys in a silent call, and the callee hears them.',
  guardsAgainst: 'calls to menus and conference bridges that do not hear what key was pressed',
  roles: ['caller', 'callee'],
  duration: '3s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, step, hold, check }) {
    const audio = { video: false };
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(audio), callee.openMedia(audio)]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    await step('mute', async () => {
      await caller.evaluate(mute, null);
      const awaited = 'silence at callee';
      await callee.until(hasStopped, { what: 'audioEnergy', atMost: 1e-5 }, { awaited, phase: 'rtp' });
    });
    const silence = await step('silence', () => hold());
    await step('press keys', () => caller.evaluate(sendTones, TONES.join('')));
    const seen = await step('hold', () => hold());
    check(sentFact(caller, await caller.evaluate(begunTones, null)));
    for (const peer of peers) {
      check(await agreedFact(peer));
      check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'], { receives: audio })));
    }
    check(quieterFact(callee, 'silence is quieter than tones', silence.callee, seen.callee));
    await step('hang-up', () => caller.hangUp());
  },
});
