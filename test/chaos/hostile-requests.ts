const METHODS = [
  'POST',
  'POST',
  'POST',
  'PATCH',
  'PATCH',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'GET',
  'PUT',
  'HEAD',
  'TRACE',
  'PROPFIND',
];
const TYPES = [
  ...Array<string>(4).fill('application/sdp'),
  ...Array<string>(4).fill('application/trickle-ice-sdpfrag'),
  'text/plain',
  'application/sdp; charset=x',
  ';;',
  '',
];
const NAMES = ['..', '%2e%2e', '%2e%2e%2fhealth', '%00', '%ff', '%', '', 'a'.repeat(500), '__proto__', '%20'];
/** As likely as all the others. */
const DEN = NAMES.map(() => 'den');
const OFFER = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n';
const SECTION = 'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:abcd\r\na=ice-pwd:efgh\r\n';
const CANDIDATE = 'a=candidate:1 1 udp 1 127.0.0.1 1 typ host\r\n';
const BODIES = [
  '',
  OFFER,
  `${OFFER}${SECTION}`,
  `${OFFER}${SECTION}a=sendonly\r\n`,
  `${OFFER}${SECTION.repeat(30)}`,
  `${SECTION}${CANDIDATE}`,
  `${SECTION}${CANDIDATE.repeat(30)}`,
  CANDIDATE,
  'a=ice-ufrag:x\r\na=ice-pwd:y\r\n',
  `a=ice-ufrag:x${' '.repeat(3000)}x`,
  `o=- 1 ${'9'.repeat(3000)} IN IP4 0.0.0.0\r\n`,
  'a=end-of-candidates\r\n\u0000\u00ff',
  '{"kind":"join"}',
];

export interface HostileRequestOptions {
  random: () => number;
  /** Where an offer would be taken: `/signaling/whip`. */
  path: string;
  token: string;
  /** What no request without the token may enter, nor any other than its owner's end. */
  watched: { room: string; peer: string; session: string };
  /** Larger than what is read. */
  tooLarge: number;
}

/** Requests that are wrong in one way or several, as text for a socket; the same on every run. */
export class HostileRequests {
  readonly #options: HostileRequestOptions;
  readonly #tooLarge: string;
  /** Sessions that were made, of which some have ended. */
  readonly #made: { location: string; etag: string }[] = [];

  constructor(options: HostileRequestOptions) {
    this.#options = options;
    this.#tooLarge = 'v=0\r\nm='.padEnd(options.tooLarge, 'x');
  }

  /** Takes what an answer told of a new session: later requests are for it. */
  learn(answer: string): void {
    const location = /^location: (.+)$/im.exec(answer)?.[1]?.trim();
    const etag = /^etag: (.+)$/im.exec(answer)?.[1]?.trim();
    if (location === undefined || etag === undefined) return;
    this.#made.push({ location, etag });
    if (this.#made.length > 20) this.#made.shift();
  }

  next(): string {
    // Those with the token are in a room of their own, where offers are answered; the others want the watched one.
    const isInsider = this.#one([true, false]);
    if (isInsider && this.#options.random() < 0.4) return this.#nearlyRight();
    const method = this.#one(METHODS);
    const body = this.#options.random() < 0.005 ? this.#tooLarge : this.#one(BODIES);
    const token = isInsider ? this.#options.token : this.#one(['wrong', '', '\t', 'x'.repeat(200), 'é']);
    const headers = [
      `authorization: ${this.#one(['Bearer', 'Bearer', 'Bearer', 'bearer', 'Basic'])} ${token}`,
      `content-type: ${this.#one(TYPES)}`,
      `if-match: ${this.#one(['*', '"*"', '"x"', 'W/"x"', ',', ...this.#made.map(({ etag }) => etag)])}`,
      ...(this.#options.random() < 0.01 ? [`x-large: ${'x'.repeat(20_000)}`] : []),
    ].filter(() => this.#options.random() < 0.97);
    headers.push(...this.#framing(body));
    return `${method} ${this.#target(isInsider)} HTTP/1.1\r\nhost: x\r\n${headers.join('\r\n')}\r\n\r\n${this.#sent(body, headers)}`;
  }

  /** What the stub takes, often in the wrong order, or with a body or a tag that it does not take. */
  #nearlyRight(): string {
    const { path, token, random } = this.#options;
    const made = this.#made.length > 0 && random() < 0.8 && this.#one(this.#made);
    const [method, target] = made
      ? [random() < 0.1 ? 'DELETE' : 'PATCH', made.location]
      : ['POST', `${path}/den/${this.#one(['x1', 'x2', 'x3', 'x4'])}`];
    const type = method === 'POST' ? 'application/sdp' : 'application/trickle-ice-sdpfrag';
    const body =
      random() < 0.5 ? this.#one(BODIES) : `${method === 'POST' ? OFFER : ''}${SECTION}${CANDIDATE}`;
    const tag = made && random() < 0.9 ? [`if-match: ${this.#one([made.etag, made.etag, '*', '"x"'])}`] : [];
    const headers = [`authorization: Bearer ${token}`, `content-type: ${type}`, ...tag];
    return `${method} ${target} HTTP/1.1\r\nhost: x\r\n${headers.join('\r\n')}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  }

  /** How the length of the body is said: right, in chunks, wrong or without an end. */
  #framing(body: string): string[] {
    const roll = this.#options.random();
    if (roll < 0.9) return [`content-length: ${body.length}`];
    if (roll < 0.97) return ['transfer-encoding: chunked'];
    if (roll < 0.975) return [`content-length: ${body.length + 1000}`];
    return roll < 0.985 ? ['content-length: -1'] : ['content-length: 3', 'transfer-encoding: chunked'];
  }

  #sent(body: string, headers: readonly string[]): string {
    if (!headers.includes('transfer-encoding: chunked')) return body;
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n`;
    return this.#options.random() < 0.9 ? `${chunk}0\r\n\r\n` : chunk;
  }

  #target(isInsider: boolean): string {
    const { path, watched } = this.#options;
    const made = this.#made.length > 0 && this.#options.random() < 0.5 && this.#one(this.#made);
    if (isInsider && made) return made.location;
    if (isInsider) {
      const tail = this.#one(['', '', '/x', '/x/y', '?to=w1', '?to=', `?owner=${'o'.repeat(300)}`]);
      return `${path}/${this.#one([...NAMES, ...DEN])}/${this.#one([...NAMES, 'x1', 'x2', 'x3'])}${tail}`;
    }
    const { room, peer, session } = watched;
    return this.#one([
      session,
      `${session}?token=wrong`,
      `${path}/${room}/x`,
      `${path}/${room}/x?to=${peer}`,
      `${path}/den/../${room}/x`,
      `${path}/${room}/${peer}?token=`,
    ]);
  }

  #one<Value>(values: readonly Value[]): Value {
    return values[Math.floor(this.#options.random() * values.length)]!;
  }
}
