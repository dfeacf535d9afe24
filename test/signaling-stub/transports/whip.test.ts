import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { transportUrl, type HttpOfferTransport } from '../../../signaling-stub/protocol.ts';
import { openSignalingStub, type SignalingStubOptions } from '../../../signaling-stub/server.ts';
import { listen } from '../client/joined.ts';

const section = (ufrag: string) =>
  `m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:${ufrag}\r\na=ice-pwd:${ufrag}-22-characters-long\r\n`;
const sdp = (ufrag: string, direction = 'sendrecv') =>
  `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n${section(ufrag)}a=${direction}\r\n`;
const HOST = 'candidate:1 1 udp 1 127.0.0.1 50000 typ host';
const fragment = (ufrag: string) =>
  `a=ice-ufrag:${ufrag}\r\na=ice-pwd:${ufrag}-22-characters-long\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=${HOST}\r\n`;

/** A stub, a peer in the room that answers every offer, and a client without frames. */
async function open(name: HttpOfferTransport = 'whip', options: SignalingStubOptions = {}) {
  const stub = await openSignalingStub(options);
  let answers = 0;
  const callee = listen(stub, 'callee', {
    onMessage: (message) => {
      callee.heard.messages.push(message);
      if (message.kind !== 'description') return;
      answers += 1;
      callee.client.send(message.from, 'description', { type: 'answer', sdp: sdp(`answer${answers}`) });
      callee.client.send(message.from, 'candidate', { candidate: HOST, sdpMid: '0' });
      callee.client.send(message.from, 'candidate', null);
    },
  });
  await callee.client.joined;
  const endpoint = `${transportUrl(stub.url, name)}/r/caller`;
  const ask = (
    url: string,
    method: string,
    type?: string,
    body?: string,
    more: Record<string, string> = {},
  ) =>
    fetch(url, {
      method,
      headers: { authorization: `Bearer ${stub.token}`, ...(type && { 'content-type': type }), ...more },
      ...(body !== undefined && { body }),
    });
  const offer = (body = sdp('offer1')) => ask(endpoint, 'POST', 'application/sdp', body);
  const session = async () => {
    const response = await offer();
    const etag = response.headers.get('etag') ?? '';
    const url = new URL(response.headers.get('location') ?? '', endpoint).href;
    await response.text();
    const patch = (body: string, more: Record<string, string>) =>
      ask(url, 'PATCH', 'application/trickle-ice-sdpfrag', body, more);
    return { etag, url, patch };
  };
  /** Resolves when the answerer is alone again. */
  const alone = () => callee.until(({ rosters }) => rosters.at(-1)?.length === 0 && rosters.length > 1);
  const kinds = () => callee.heard.messages.map(({ kind }) => kind);
  const close = async () => {
    await callee.client.close();
    await stub.close();
  };
  return { stub, callee, endpoint, ask, offer, session, alone, kinds, [Symbol.asyncDispose]: close };
}

describe('WHIP', () => {
  test('POST brings the offer into the room, and the answer with its candidates back', async () => {
    await using opened = await open();
    const response = await opened.offer();
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('application/sdp');
    expect(response.headers.get('etag')).toMatch(/^".+"$/);
    expect(response.headers.get('location')).toMatch(/^\/signaling\/whip\/r\/caller\/.+/);
    expect(await response.text()).toContain(`a=ice-ufrag:answer1`);
    expect(opened.callee.heard.messages).toMatchObject([
      { kind: 'description', from: 'caller', payload: { type: 'offer', sdp: sdp('offer1') } },
    ]);
  });

  test('PATCH with the ETag trickles candidates to the answerer', async () => {
    await using opened = await open();
    const { etag, patch } = await opened.session();
    const response = await patch(`${fragment('offer1')}a=end-of-candidates\r\n`, { 'if-match': etag });
    expect(response.status).toBe(204);
    while (opened.kinds().length < 3) await new Promise(setImmediate);
    expect(opened.callee.heard.messages.slice(1)).toMatchObject([
      { kind: 'candidate', payload: { candidate: HOST, sdpMid: '0', usernameFragment: 'offer1' } },
      { kind: 'candidate', payload: null },
    ]);
  });

  test("PATCH with If-Match * restarts ICE: a new ETag, and the answerer's new credentials", async () => {
    await using opened = await open();
    const { etag, patch } = await opened.session();
    const response = await patch(fragment('offer2'), { 'if-match': '*' });
    expect(response.status).toBe(200);
    expect(response.headers.get('etag')).not.toBe(etag);
    const body = await response.text();
    expect(body).toContain('a=ice-ufrag:answer2');
    expect(body).toContain(`a=${HOST}`);
    const [, second] = opened.callee.heard.messages;
    expect(second).toMatchObject({ payload: { type: 'offer' } });
    expect(JSON.stringify(second)).toContain('a=ice-ufrag:offer2');
    expect((await patch(fragment('offer1'), { 'if-match': etag })).status).toBe(412);
  });

  test('DELETE ends the session, and the answerer hears of it', async () => {
    await using opened = await open();
    const { url } = await opened.session();
    expect((await opened.ask(url, 'DELETE')).status).toBe(200);
    await opened.alone();
    expect(opened.kinds()).toEqual(['description', 'bye']);
    expect((await opened.ask(url, 'DELETE')).status).toBe(404);
    expect(opened.stub.health().peers).toBe(1);
  });

  test('refuses what RFC 9725 says is to be refused', async () => {
    await using opened = await open();
    const { endpoint, ask, offer } = opened;
    const { patch, url } = await opened.session();
    const wrong = { authorization: 'Bearer wrong' };
    const type = 'application/sdp';
    expect((await ask(endpoint, 'POST', type, sdp('a'), wrong)).status).toBe(401);
    expect((await ask(url, 'DELETE', undefined, undefined, wrong)).status).toBe(401);
    expect((await ask(endpoint, 'POST', 'text/plain', sdp('a'))).status).toBe(415);
    expect((await ask(`${endpoint}2?to=callee`, 'POST', type, 'no sdp')).status).toBe(400);
    expect((await ask(`${endpoint}2?to=callee`, 'POST', type, sdp('a', 'recvonly'))).status).toBe(422);
    expect((await offer()).status).toBe(409);
    expect((await ask(endpoint, 'GET')).status).toBe(405);
    expect((await ask(`${endpoint}2?to=nobody`, 'POST', type, sdp('a'))).status).toBe(404);
    expect((await patch(fragment('offer1'), {})).status).toBe(428);
    expect((await patch('a=candidate:1', { 'if-match': '*' })).status).toBe(400);
    expect((await ask(endpoint, 'OPTIONS')).headers.get('accept-post')).toBe(type);
    expect(opened.stub.health().peers).toBe(2);
  });

  test('the place is free again if the answerer hangs up', async () => {
    await using opened = await open();
    const { url } = await opened.session();
    opened.callee.client.send('caller', 'bye', {});
    await opened.alone();
    expect((await opened.ask(url, 'DELETE')).status).toBe(404);
    expect((await opened.offer()).status).toBe(201);
  });
});

describe('A session of a client that is gone', () => {
  test('ends if the answerer leaves', async () => {
    await using opened = await open();
    await opened.session();
    await opened.callee.client.close();
    await expect.poll(() => opened.stub.health()).toMatchObject({ rooms: 0, peers: 0 });
  });

  test('ends if the answerer is away for too long', async () => {
    await using opened = await open('whip', { resumeGraceMs: 20 });
    await opened.session();
    opened.stub.cut('r');
    await expect.poll(() => opened.stub.health()).toMatchObject({ rooms: 0, peers: 0 });
  });

  test('ends if it asks for nothing for too long, and the answerer hears of it', async () => {
    await using opened = await open('whip', { offers: { idleMs: 50 } });
    const { url } = await opened.session();
    await opened.alone();
    expect((await opened.ask(url, 'DELETE')).status).toBe(404);
    expect(opened.kinds()).toEqual(['description']);
  });

  test('gives its place to the client that comes back as its owner', async () => {
    await using opened = await open();
    const offer = () =>
      opened.ask(`${opened.endpoint}?owner=${'o'.repeat(32)}`, 'POST', 'application/sdp', sdp('a'));
    const first = await offer();
    expect([first.status, (await offer()).status]).toEqual([201, 201]);
    const gone = new URL(first.headers.get('location') ?? '', opened.endpoint).href;
    expect((await opened.ask(gone, 'DELETE')).status).toBe(404);
    expect(opened.stub.health().peers).toBe(2);
  });

  test('ends if it goes before the answer', async () => {
    await using stub = await openSignalingStub();
    await using callee = listen(stub, 'callee');
    await callee.client.joined;
    const leave = new AbortController();
    const post = fetch(`${transportUrl(stub.url, 'whip')}/r/caller`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stub.token}`, 'content-type': 'application/sdp' },
      body: sdp('a'),
      signal: leave.signal,
    }).catch(() => {});
    await callee.until(({ messages }) => messages.length === 1);
    leave.abort();
    await post;
    await callee.until(({ messages }) => messages.length === 2);
    expect(callee.heard.messages[1]).toMatchObject({ kind: 'bye' });
    await expect.poll(() => stub.health().peers).toBe(1);
  });
});

describe('WHIP answers', () => {
  test.for([1.5, 3])('413 to an offer of %d times what a message may have', async (times) => {
    await using opened = await open('whip', { limits: { messageBytes: 2000 } });
    expect((await opened.offer(sdp('a').padEnd(2000 * times, '\n'))).status).toBe(413);
    expect((await opened.offer()).status).toBe(201);
    expect(opened.stub.health().peers).toBe(2);
  });

  test('408 to a request that does not end', async () => {
    await using opened = await open('whip', { joinTimeoutMs: 30 });
    const headers = { authorization: `Bearer ${opened.stub.token}`, 'content-type': 'application/sdp' };
    const endless = request(opened.endpoint, { method: 'POST', headers });
    endless.on('error', () => {}).write(sdp('a'));
    const [response] = (await once(endless, 'response')) as [IncomingMessage];
    endless.destroy();
    expect(response.statusCode).toBe(408);
    expect(opened.stub.health().peers).toBe(1);
  });

  test('503 while the room is cut off', async () => {
    await using opened = await open();
    opened.stub.cut('r');
    const refused = await opened.offer();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    opened.stub.restore('r');
    await opened.callee.until(({ states }) => states.at(-1) === 'open' && states.length > 1);
    expect((await opened.offer()).status).toBe(201);
  });

  test('503 to more candidates than the rate allows, and takes them later', async () => {
    await using opened = await open('whip', { limits: { burst: 5, messagesPerSecond: 100 } });
    const { etag, patch } = await opened.session();
    const many = fragment('offer1') + `a=${HOST}\r\n`.repeat(50);
    const refused = await patch(many, { 'if-match': etag });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    await expect.poll(async () => (await patch(fragment('offer1'), { 'if-match': etag })).status).toBe(204);
  });

  test('504 if nobody answers, and gives the place back', async () => {
    await using stub = await openSignalingStub({ offers: { answerMs: 30 } });
    await using callee = listen(stub, 'callee');
    await callee.client.joined;
    const headers = { authorization: `Bearer ${stub.token}`, 'content-type': 'application/sdp' };
    const endpoint = `${transportUrl(stub.url, 'whip')}/r/caller`;
    const response = await fetch(endpoint, { method: 'POST', headers, body: sdp('a') });
    expect(response.status).toBe(504);
    expect(await response.text()).toBe('no answer came within 30 ms\n');
    expect(stub.health().peers).toBe(1);
  });
});

test('WHEP takes an offer that receives, and refuses one that only sends', async () => {
  await using opened = await open('whep');
  expect((await opened.offer(sdp('a', 'sendonly'))).status).toBe(422);
  expect((await opened.offer(sdp('a', 'recvonly'))).status).toBe(201);
});
