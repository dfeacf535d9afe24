import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { FaultRule } from '../../../signaling-stub/faults/rule.ts';
import { parseTrace, TraceError } from '../../../signaling-stub/replay/read-trace.ts';
import { replayTrace } from '../../../signaling-stub/replay/replay.ts';
import { openSignalingStub } from '../../../signaling-stub/server.ts';
import type { TraceEntry } from '../../../signaling-stub/trace.ts';
import { listen } from '../client/joined.ts';

const OFFER = { type: 'offer', sdp: 'v=0\r\no=- 1 2\r\nm=audio 9\r\n' } as const;

/** A session of two peers under these faults, written down: an offer, candidates, a bye. */
async function record(faults: FaultRule[], faultSeed = 3): Promise<TraceEntry[]> {
  const trace: TraceEntry[] = [];
  {
    await using stub = await openSignalingStub({ faults, faultSeed, onTrace: (entry) => trace.push(entry) });
    await using a = listen(stub, 'a', { WebSocket });
    await a.client.joined;
    await using b = listen(stub, 'b', { WebSocket });
    await a.until(({ rosters }) => rosters.at(-1)?.[0] === 'b');
    b.client.send(undefined, 'bye', { reason: 'to all' });
    a.client.send('b', 'description', OFFER, { connection: 'c' });
    for (let index = 0; index < 40; index++)
      a.client.send('b', 'candidate', { candidate: `candidate:${index}` });
    a.client.send('b', 'bye', { reason: 'end' });
    const last = ({ messages }: typeof b.heard) =>
      messages.some((message) => message.kind === 'bye' && message.payload.reason === 'end');
    await b.until(last);
  }
  return trace;
}

test.for<[string, FaultRule[]]>([
  ['no fault', []],
  ['losses', [{ fault: 'drop', kind: 'candidate', probability: 0.3 }]],
  ['damage', [{ fault: 'corrupt', kind: 'description' }]],
  [
    'copies and swaps',
    [
      { fault: 'duplicate', probability: 0.3 },
      { fault: 'reorder', kind: 'candidate', delayMs: 200 },
    ],
  ],
  ['delays', [{ fault: 'delay', delayMs: 100 }]],
  ['cut links', [{ fault: 'disconnect', kind: 'candidate', count: 2 }]],
])('replayTrace() finds the same deliveries and fates after %s', async ([, faults]) => {
  const trace = await record(faults);
  const { messages, differences } = await replayTrace(trace, { speed: 2 });
  expect(differences).toEqual([]);
  expect(messages).toBeGreaterThan(40);
});

test('replayTrace() finds the same after a restart with a message', async () => {
  const trace = await record([{ fault: 'restart', kind: 'description', count: 1 }]);
  expect(trace.filter(({ kind }) => kind === 'restart')).toHaveLength(1);
  expect(await replayTrace(trace)).toMatchObject({ differences: [] });
});

test('replayTrace() names what went another way', async () => {
  const trace = await record([]);
  const lost = trace.findIndex(({ kind }) => kind === 'candidate');
  const tampered = trace.with(lost, { ...trace[lost]!, outcome: 'dropped', fault: 'drop' });
  const { differences } = await replayTrace(tampered);
  expect(differences).toEqual([
    'r: a to b: message 2: expected candidate dropped (drop), got candidate relayed',
  ]);
});

test('parseTrace() names every line that is none', () => {
  const good = '{"t":1,"kind":"join","outcome":"accepted"}';
  expect(parseTrace(`${good}\n\n${good}\n`, 'x')).toHaveLength(2);
  const bad = () => parseTrace(`${good}\n{"t":1}\nnope\n`, 'x.jsonl');
  expect(bad).toThrow(TraceError);
  expect(bad).toThrow(/^x\.jsonl:2: .*\nx\.jsonl:3: expected a line of a trace .*got nope$/);
  expect(() => parseTrace('', 'x')).toThrow('x: expected at least one line, got none');
});
