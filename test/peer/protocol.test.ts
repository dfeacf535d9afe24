import { expect, test } from 'vitest';
import { type FromAgent, parseFromAgent } from '../../harness/peer/protocol.ts';

const MESSAGES: FromAgent[] = [
  { type: 'hello', protocol: 1, userAgent: 'x', secureContext: true, peerConnection: false },
  { type: 'result', id: 1, value: null },
  { type: 'fault', id: 1, fault: { name: 'Error', message: 'no', phase: 'ice' } },
  { type: 'fault', id: 1, fault: { name: 'Error', message: 'no' } },
  { type: 'event', t: 1.5, name: 'state', data: { what: 'connectionState', value: 'new' } },
  { type: 'event', t: 1.5, name: 'bye' },
  { type: 'stats', deltas: [{ t: 1, connection: 'callee', seq: 0, lateMs: 0, costMs: 0, changed: {} }] },
  { type: 'pong', id: 1, t: 0 },
];

test.for(MESSAGES)('parseFromAgent() gives back $type', (message) => {
  expect(parseFromAgent(JSON.stringify(message))).toEqual(message);
});

test.for([
  '',
  'GET / HTTP/1.1',
  '{"type":"hello"',
  'null',
  '42',
  '[]',
  '"hello"',
  '{}',
  '{"type":"command","id":1}',
  '{"type":null}',
  '{"type":"toString"}',
  '{"type":"__proto__"}',
  '{"type":["pong"],"t":"x"}',
  '{"type":"hello","protocol":"1"}',
  '{"type":"result"}',
  '{"type":"fault","id":1}',
  '{"type":"fault","id":1,"fault":null}',
  '{"type":"event","name":"state"}',
  '{"type":"event","t":1}',
  '{"type":"stats"}',
  '{"type":"stats","deltas":null}',
  '{"type":"stats","deltas":{}}',
  '{"type":"pong","id":1,"t":null}',
])('parseFromAgent() is undefined if the text is %s', (text) => {
  expect(parseFromAgent(text)).toBeUndefined();
});
