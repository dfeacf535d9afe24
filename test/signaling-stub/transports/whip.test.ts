import { describe, expect, test } from 'vitest';
import { transportUrl, type HttpOfferTransport } from '../../../signaling-stub/protocol.ts';
import { openSignalingStub } from '../../../signaling-stub/server.ts';
import { listen } from '../client/joined.ts';

const section = (ufrag: string) =>
  `m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:${ufrag}\r\na=ice-pwd:${ufrag}-22-characters-long\r\n`;
const sdp = (ufrag: string, direction = 'sendrecv') =>
  `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n${section(ufrag)}a=${direction}\r\n`;
const HOST = 'candidate:1 1 udp 1 127.0.0.1 50000 typ host';
const fragment = (ufrag: string) =>
  `a=ice-ufrag:${ufrag}\r\na=ice-pwd:${ufrag}-22-characters-long\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=${HOST}\r\n`;

/** A stub, a peer in the room that answers every offer, and a client without frames. */
async function open(name: HttpOfferTransport = 'whip') {
  const stub = await openSignalingStub();
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
  const kinds = () => callee.heard.messages.map(({ kind }) => kind);
  const close = async () => {
    await callee.client.close();
    await stub.close();
  };
  return { stub, callee, endpoint, ask, offer, session, kinds, [Symbol.asyncDispose]: close };
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
    await opened.callee.until(({ rosters }) => rosters.at(-1)?.length === 0 && rosters.length > 1);
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
    await opened.callee.until(({ rosters }) => rosters.at(-1)?.length === 0 && rosters.length > 1);
    expect((await opened.ask(url, 'DELETE')).status).toBe(404);
    expect((await opened.offer()).status).toBe(201);
  });
});

test('WHEP takes an offer that receives, and refuses one that only sends', async () => {
  await using opened = await open('whep');
  expect((await opened.offer(sdp('a', 'sendonly'))).status).toBe(422);
  expect((await opened.offer(sdp('a', 'recvonly'))).status).toBe(201);
});
