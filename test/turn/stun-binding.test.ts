import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { answers, awaitBinding, bindingRequest } from '../../harness/turn/stun-binding.mjs';

const TRANSACTION = Buffer.from('0123456789ab');

/** The success response to a request, with no attributes. */
function response(request: Buffer): Buffer {
  const answer = Buffer.from(request);
  answer.writeUInt16BE(0x0101, 0);
  return answer;
}

test('bindingRequest() is a header of 20 bytes with the magic cookie and the transaction', () => {
  expect(bindingRequest(TRANSACTION).toString('hex')).toBe(`000100002112a442${TRANSACTION.toString('hex')}`);
});

test('answers() is true for the response to the same transaction, and for nothing else', () => {
  const request = bindingRequest(TRANSACTION);
  expect(answers(response(request), TRANSACTION)).toBe(true);
  expect(answers(request, TRANSACTION)).toBe(false);
  expect(answers(response(bindingRequest(Buffer.alloc(12))), TRANSACTION)).toBe(false);
  expect(answers(Buffer.from([1, 1]), TRANSACTION)).toBe(false);
});

test('awaitBinding() asks again until it is answered', async () => {
  const server = createSocket('udp4');
  let asked = 0;
  server.on('message', (message, { port, address }) => {
    asked++;
    if (asked === 2) server.send(response(bindingRequest(Buffer.alloc(12))), port, address);
    if (asked === 3) server.send(response(message), port, address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  await awaitBinding({ ip: '127.0.0.1', port: server.address().port, signal: new AbortController().signal });
  expect(asked).toBeGreaterThanOrEqual(3);
  server.close();
});

test("awaitBinding() rejects with the signal's reason", async () => {
  const abort = new AbortController();
  const waiting = awaitBinding({ ip: '127.0.0.1', port: 9, signal: abort.signal });
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});
