import {
  transportUrl,
  type CandidatePayload,
  type DescriptionPayload,
  type HttpOfferTransport,
  type Payloads,
  type RelayKind,
} from '../../../../signaling-stub/protocol.ts';
import {
  isSameButIce,
  iceOf,
  parseFragment,
  renderFragment,
  withIce,
} from '../../../../signaling-stub/sdp-fragment.ts';
import type { OpenSession, SessionArg, SessionEvents, SessionState, SignalingSession } from './session.ts';

/** A client of WHIP (RFC 9725), or of WHEP: offers once, trickles, restarts ICE and hangs up; nothing else can be said by them. */
export function httpOffers(transport: HttpOfferTransport): OpenSession {
  return (arg, events) => new HttpOffers(transport, arg, events);
}

/** What was agreed last, and under which ICE generation. */
interface Agreed {
  session: string;
  etag: string;
  offer: string;
  answer: string;
}

class HttpOffers implements SignalingSession {
  readonly joined: Promise<void>;
  state: SessionState = 'connecting';
  readonly #endpoint: URL;
  readonly #arg: SessionArg;
  readonly #events: SessionEvents;
  #agreed: Agreed | undefined;
  /** Candidates that came before there was a session to send them to, and until they are sent. */
  #candidates: CandidatePayload[] = [];
  /** Requests go one after the other. */
  #queue: Promise<void> = Promise.resolve();

  constructor(transport: HttpOfferTransport, arg: SessionArg, events: SessionEvents) {
    this.#arg = arg;
    this.#events = events;
    const { url, room, peer, owner } = arg;
    const path = [room, peer].map(encodeURIComponent).join('/');
    this.#endpoint = new URL(`${transportUrl(url, transport)}/${path}`);
    this.#endpoint.searchParams.set('owner', owner);
    this.joined = this.#look();
    this.joined.catch(() => {});
  }

  send<Kind extends RelayKind>(to: string, kind: Kind, payload: Payloads[Kind]): boolean {
    if (this.state === 'closed') return false;
    if (kind === 'description') this.#then(() => this.#describe(to, payload as DescriptionPayload), to);
    if (kind === 'candidate') this.#trickle(payload as CandidatePayload);
    if (kind === 'bye') this.#then(() => this.#end());
    return true;
  }

  async close(): Promise<void> {
    if (this.state === 'closed') return;
    this.#then(() => this.#end());
    await this.#queue;
    this.#setState('closed', 'left');
  }

  /** There is nothing to join before the offer; but the endpoint may be asked whether it is there. */
  async #look(): Promise<void> {
    const response = await fetch(this.#endpoint, { method: 'OPTIONS' });
    if (!response.ok) throw new Error(`${this.#endpoint.href} answered ${response.status} to OPTIONS`);
    this.#setState('open', 'the endpoint is there');
  }

  #then(send: () => Promise<void>, to?: string): void {
    this.#queue = this.#queue.then(send).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      this.#events.onError({ code: 'http', message, ...(to !== undefined && { to }) });
    });
  }

  async #describe(to: string, { type, sdp = '' }: DescriptionPayload): Promise<void> {
    if (type !== 'offer')
      throw new Error(`there is no way to send an ${type} by HTTP: the other side cannot offer`);
    const known = this.#agreed;
    const answer = known ? await this.#restart(known, sdp) : await this.#post(to, sdp);
    const { room, peer } = this.#arg;
    this.#events.onMessage({
      kind: 'description',
      room,
      from: to,
      to: peer,
      payload: { type: 'answer', sdp: answer },
    });
    this.#sendCandidates();
  }

  async #post(to: string, offer: string): Promise<string> {
    this.#endpoint.searchParams.set('to', to);
    const response = await this.#ask(this.#endpoint, 'POST', { type: 'application/sdp', body: offer });
    const answer = await response.text();
    const session = new URL(response.headers.get('location') ?? '', response.url).href;
    this.#agreed = { session, etag: response.headers.get('etag') ?? '', offer, answer };
    return answer;
  }

  /** @see https://www.rfc-editor.org/rfc/rfc9725#section-4.3.3 */
  async #restart(known: Agreed, offer: string): Promise<string> {
    if (!isSameButIce(known.offer, offer)) {
      throw new Error(
        'an offer that changes more than ICE cannot be made by HTTP: one session, one negotiation',
      );
    }
    const ice = iceOf(offer);
    const candidates = parseFragment(offer)?.candidates ?? [];
    const body = renderFragment(offer, { candidates, ended: false, ...(ice && { ice }) });
    const response = await this.#patch(known, body, '*');
    const fragment = parseFragment(await response.text());
    if (!fragment?.ice) throw new Error('the answer to an ICE restart has no ICE credentials');
    const answer = withIce(known.answer, fragment);
    this.#agreed = { ...known, etag: response.headers.get('etag') ?? '', offer, answer };
    return answer;
  }

  #trickle(candidate: CandidatePayload): void {
    this.#candidates.push(candidate);
    if (this.#agreed) this.#sendCandidates();
  }

  /** Those that wait share a request. */
  #sendCandidates(): void {
    this.#then(async () => {
      const waiting = this.#candidates.splice(0);
      if (!this.#agreed || waiting.length === 0) return;
      const candidates = waiting.filter((one) => one !== null && one.candidate !== '');
      const ended = candidates.length < waiting.length;
      const body = renderFragment(this.#agreed.offer, {
        candidates: candidates as RTCIceCandidateInit[],
        ended,
      });
      await this.#patch(this.#agreed, body, this.#agreed.etag);
    });
  }

  #patch({ session }: Agreed, body: string, etag: string): Promise<Response> {
    return this.#ask(session, 'PATCH', { type: 'application/trickle-ice-sdpfrag', body, etag });
  }

  async #end(): Promise<void> {
    const known = this.#agreed;
    this.#agreed = undefined;
    this.#candidates = [];
    if (known) await this.#ask(known.session, 'DELETE');
  }

  async #ask(
    url: string | URL,
    method: string,
    { type, body, etag }: { type?: string; body?: string; etag?: string } = {},
  ): Promise<Response> {
    const headers = {
      authorization: `Bearer ${this.#arg.token}`,
      ...(type !== undefined && { 'content-type': type }),
      ...(etag !== undefined && { 'if-match': etag }),
    };
    const response = await fetch(url, {
      method,
      headers,
      ...(body !== undefined && { body }),
      keepalive: true,
    });
    if (response.ok) return response;
    throw new Error(`${method} was answered ${response.status}: ${(await response.text()).trim()}`);
  }

  #setState(state: SessionState, why: string): void {
    if (this.state === state) return;
    this.state = state;
    this.#events.onStateChange(state, why);
  }
}
