import { expect, test } from 'vitest';
import { BotConnection } from '../../../harness/peer/bot/bot-connection.ts';
import type { BotEngine, EngineConnection, EngineEvents } from '../../../harness/peer/bot/engine.ts';

/** An offerer whose engine tells nothing of its states until it is asked to: as one whose thread has not been heard yet. */
function anOfferer() {
  const accepted: string[] = [];
  const ignored: unknown[] = [];
  let events: EngineEvents | undefined;
  const connection: EngineConnection = {
    localDescription: undefined,
    get remoteDescription() {
      return accepted.at(-1);
    },
    isSending: false,
    offer: async () => 'the offer',
    answer: async () => 'the answer',
    accept: async (answer) => {
      if (answer === 'refused') throw new Error('no such answer');
      accepted.push(answer);
    },
    addCandidate: async () => {},
    report: async () => [],
    close: async () => {},
  };
  const engine: BotEngine = {
    name: 'bot',
    version: 'made up',
    source: 'made-up',
    picture: { width: 1, height: 1, frameRate: 1 },
    blindTo: [],
    connect: (options) => {
      events = options.events;
      return connection;
    },
    close: async () => {},
  };
  const bot = new BotConnection({
    remote: 'callee',
    engine,
    rtc: {},
    sends: { audio: true, video: true },
    sendDescription: () => {},
    sendCandidate: () => {},
    emit: (name, data) => {
      if (name === 'ignored') ignored.push(data);
    },
  });
  return { bot, accepted, ignored, tell: () => events?.onState('signalingState', 'have-local-offer') };
}

const NOBODY_WAITS = { type: 'answer', why: 'no offer waits for an answer' };

test('BotConnection takes an answer that comes before its engine has told of the offer', async () => {
  const { bot, accepted, ignored, tell } = anOfferer();
  await bot.offer();
  await bot.accept({ type: 'answer', sdp: 'the answer' });
  tell();
  expect(accepted).toEqual(['the answer']);
  expect(ignored).toEqual([]);
  expect(bot.marks.answerReceived).toBeGreaterThanOrEqual(bot.marks.offerSent!);
});

test('BotConnection ignores an answer that nobody waits for: before its offer, and after the first', async () => {
  const { bot, accepted, ignored } = anOfferer();
  await bot.accept({ type: 'answer', sdp: 'too early' });
  await bot.offer();
  await bot.accept({ type: 'answer', sdp: 'the answer' });
  await bot.accept({ type: 'answer', sdp: 'one more' });
  expect(accepted).toEqual(['the answer']);
  expect(ignored).toEqual([NOBODY_WAITS, NOBODY_WAITS]);
});

test('BotConnection still waits for an answer if its engine took none of the first', async () => {
  const { bot, accepted } = anOfferer();
  await bot.offer();
  await expect(bot.accept({ type: 'answer', sdp: 'refused' })).rejects.toThrow('no such answer');
  await bot.accept({ type: 'answer', sdp: 'the answer' });
  expect(accepted).toEqual(['the answer']);
});
