import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpOfferTransport } from '../protocol.ts';
import { iceOf, parseFragment, renderFragment, withIce } from '../sdp-fragment.ts';
import { readBody } from './http-body.ts';
import { pathOf, remoteOf, tokenOf, type Transport, type TransportOptions } from './transport.ts';
import { Refusal, WhipSession } from './whip-session.ts';

const SDP = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';
const EXPOSED = { 'accept-patch': FRAGMENT, 'cache-control': 'no-store' };
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type, if-match',
  'access-control-expose-headers': 'location, etag, link, accept-patch, accept-post',
};
/** Directions of media that an offer may not have: the client sends, or it receives (RFC 9725 §4.2, and WHEP's mirror of it). */
const REFUSED = { whip: ['recvonly', 'inactive'], whep: ['sendonly', 'inactive'] } as const;

/**
 * WHIP (RFC 9725), or WHEP (draft-ietf-wish-whep): the offerer speaks HTTP; who answers is in the room by another
 * transport, and knows nothing of it. `PATH/ROOM/PEER` is the endpoint, `PATH/ROOM/PEER/ID` a session.
 *
 * | request | answer |
 * |---|---|
 * | `POST` endpoint, `application/sdp` | 201 with the answer, `Location` and `ETag`; 400, 401, 404, 408, 409, 413, 415, 422, 503, 504 |
 * | `PATCH` session, with its `ETag` in `If-Match` | 204: candidates; 400, 404, 408, 412, 413, 415, 428, 503 |
 * | `PATCH` session, `If-Match: *` | 200 with a fragment and a new `ETag`: an ICE restart |
 * | `DELETE` session | 200 |
 * | `OPTIONS` | 204 with `Accept-Post` |
 *
 * @see https://www.rfc-editor.org/rfc/rfc9725
 * @see https://datatracker.ietf.org/doc/draft-ietf-wish-whep/
 */
export function openHttpOfferTransport(name: HttpOfferTransport, options: TransportOptions): Transport {
  return new HttpOffers(name, options);
}

class HttpOffers implements Transport {
  readonly name: HttpOfferTransport;
  readonly #options: TransportOptions;
  readonly #sessions = new Map<string, WhipSession>();
  #isClosed = false;

  constructor(name: HttpOfferTransport, options: TransportOptions) {
    this.name = name;
    this.#options = options;
  }

  get connections(): number {
    return this.#sessions.size;
  }

  request(request: IncomingMessage, response: ServerResponse): boolean {
    const path = pathOf(request);
    if (!path.startsWith(`${this.#options.path}/`)) return false;
    for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
    void this.#answer(request, response, path).catch((error: unknown) => {
      if (error instanceof Refusal) refuse(request, response, error);
      else throw error;
    });
    return true;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const session of this.#sessions.values()) session.terminate();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (this.#isClosed) throw new Refusal(503, 'the signaling stub ends');
    const [room, peer, id, ...more] = path
      .slice(this.#options.path.length + 1)
      .split('/')
      .map(decode);
    if (room === undefined || peer === undefined || more.length > 0)
      throw new Refusal(404, 'no such endpoint');
    if (request.method === 'OPTIONS') return void response.writeHead(204, { 'accept-post': SDP }).end();
    if (id === undefined) {
      if (request.method !== 'POST') throw new Refusal(405, 'an endpoint takes POST');
      return this.#open(request, response, { room, peer });
    }
    const session = this.#sessions.get(id);
    if (!session) throw new Refusal(404, 'there is no such session');
    if (tokenOf(request) !== session.token) throw new Refusal(401, 'the token is missing or wrong');
    session.touch();
    if (request.method === 'PATCH') return this.#patch(session, request, response);
    if (request.method !== 'DELETE') throw new Refusal(405, 'a session takes PATCH and DELETE');
    session.hangUp();
    response.writeHead(200).end();
  }

  async #open(
    request: IncomingMessage,
    response: ServerResponse,
    { room, peer }: { room: string; peer: string },
  ): Promise<void> {
    const offer = await this.#read(request, SDP);
    const session = new WhipSession({
      room,
      peer,
      to: queryOf(request).get('to') ?? undefined,
      owner: queryOf(request).get('owner') ?? undefined,
      token: tokenOf(request) ?? '',
      remote: remoteOf(request),
      times: this.#options.offers,
      onGone: ({ id }) => void this.#sessions.delete(id),
    });
    session.join(this.#options.accept(session));
    this.#sessions.set(session.id, session);
    // Who does not wait for the answer never learns where the session is.
    response.on('close', () => {
      if (!response.writableFinished) session.hangUp();
    });
    try {
      checkOffer(offer, this.name);
      const answer = await session.exchange(offer);
      const location = `${pathOf(request)}/${session.id}`;
      response.writeHead(201, { ...EXPOSED, 'content-type': SDP, location, etag: session.etag }).end(answer);
    } catch (error) {
      session.end();
      throw error;
    }
  }

  async #patch(session: WhipSession, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fragment = parseFragment(await this.#read(request, FRAGMENT));
    if (session.isGone) throw new Refusal(404, 'the session ended meanwhile');
    if (!fragment) throw new Refusal(400, 'expected candidates in media sections with their a=mid');
    const match = request.headers['if-match'];
    if (match === undefined) throw new Refusal(428, 'If-Match: expected the ETag of the session, or *');
    if (match !== '*' && match !== '"*"') {
      if (match !== session.etag) throw new Refusal(412, 'the ETag is of another ICE session');
      session.trickle(fragment);
      return void response.writeHead(204, { etag: session.etag }).end();
    }
    if (!fragment.ice) throw new Refusal(400, 'an ICE restart needs a=ice-ufrag and a=ice-pwd');
    const answer = await session.exchange(withIce(session.offer, fragment));
    session.renewTag();
    const ice = iceOf(answer);
    const body = renderFragment(answer, { ...session.gathered, ...(ice && { ice }) });
    response.writeHead(200, { 'content-type': FRAGMENT, etag: session.etag }).end(body);
  }

  /** @throws Refusal */
  async #read(request: IncomingMessage, type: string): Promise<string> {
    const given = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
    if (given !== type) throw new Refusal(415, `expected ${type}, got ${given ?? 'nothing'}`);
    const { maxFrameBytes, bodyTimeoutMs } = this.#options;
    const body = await readBody(request, maxFrameBytes, bodyTimeoutMs);
    if (body === 'too-large') throw new Refusal(413, `expected at most ${maxFrameBytes} bytes`);
    if (body === 'too-late') throw new Refusal(408, `expected the request to end within ${bodyTimeoutMs} ms`);
    if (typeof body === 'string') throw new Refusal(400, 'expected text in UTF-8');
    return body.text;
  }
}

/** @throws Refusal */
function checkOffer(offer: string, name: HttpOfferTransport): void {
  if (!/^v=0\s/.test(offer) || !/^m=/m.test(offer))
    throw new Refusal(400, 'expected an SDP offer with media');
  const wrong = REFUSED[name].find((direction) => new RegExp(`^a=${direction}\\s*$`, 'm').test(offer));
  if (wrong) throw new Refusal(422, `an offer by ${name.toUpperCase()} must not be ${wrong}`);
}

function refuse(request: IncomingMessage, response: ServerResponse, { status, message }: Refusal): void {
  const challenge = status === 401 && { 'www-authenticate': 'Bearer' };
  const retry = status === 503 && { 'retry-after': '1' };
  const type = { 'content-type': 'text/plain; charset=utf-8' };
  // What has not come of the request is not read.
  const close = !request.complete && { connection: 'close' };
  response.writeHead(status, { ...type, ...challenge, ...retry, ...close }).end(`${message}\n`);
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  return new URLSearchParams(url.split('?', 2)[1]);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, 'the path is not encoded as it must be');
  }
}
