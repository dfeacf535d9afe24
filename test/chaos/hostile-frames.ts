/** Values that belong nowhere. */
const ODD: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  -1,
  0,
  0.5,
  1e308,
  2 ** 53,
  [],
  {},
  [[[]]],
  { toString: 1 },
  'a\u0000b',
  '\ud800',
  '__proto__',
  'constructor',
  'x'.repeat(300),
  '../../etc/passwd',
  '<script>',
];
const KINDS = ['join', 'leave', 'ack', 'ping', 'description', 'candidate', 'bye'];
const ALIEN_KINDS = [
  'welcome',
  'roster',
  'error',
  'pong',
  'peer-left',
  '__proto__',
  'toString',
  'JOIN',
  7,
  null,
];
const FIELDS = [
  'seq',
  'to',
  'payload',
  'room',
  'peer',
  'key',
  'owner',
  'token',
  'lastSeq',
  'connection',
  '__proto__',
];
const GARBAGE = [
  '',
  ' ',
  'null',
  '[]',
  '7',
  '"join"',
  '{',
  '{"kind":',
  '{"kind":"join"',
  'GET / HTTP/1.1\r\n\r\n',
];

export interface HostileOptions {
  random: () => number;
  /** Rooms and names that are somebody else's. */
  room: string;
  peers: readonly string[];
  /** The largest frame that the server answers. */
  messageBytes: number;
}

/** Makes frames that nobody well-behaved sends: broken, oversized, out of order, or after what is others'. */
export class HostileFrames {
  readonly #options: HostileOptions;
  #seq = 0;

  constructor(options: HostileOptions) {
    this.#options = options;
  }

  next(): string {
    const { random } = this.#options;
    const chance = random();
    if (chance < 0.15) return this.#garbage();
    if (chance < 0.4) return this.#structured();
    if (chance < 0.6) return this.#mutated();
    if (chance < 0.85) return this.#outOfOrder();
    if (chance < 0.998) return this.#trespass();
    return this.#oversized();
  }

  #one<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#options.random() * items.length)]!;
  }

  #garbage(): string {
    const { random } = this.#options;
    if (random() < 0.5) return this.#one(GARBAGE);
    if (random() < 0.1) return '['.repeat(1000 + random() * 1000);
    const length = Math.floor(random() * 200);
    return Array.from({ length }, () => String.fromCharCode(random() * 0x2ff)).join('');
  }

  /** An object with the right sort of fields, and anything in them. */
  #structured(): string {
    const { random } = this.#options;
    const kind = random() < 0.7 ? this.#one(KINDS) : this.#one(ALIEN_KINDS);
    const fields = FIELDS.filter(() => random() < 0.4).map((name) => [name, this.#one(ODD)] as const);
    return `{"kind":${JSON.stringify(kind)}${fields.map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`).join('')}}`;
  }

  #mutated(): string {
    const { random } = this.#options;
    const text = this.#message(this.#seq + 1);
    const at = Math.floor(random() * text.length);
    return (
      text.slice(0, at) +
      (random() < 0.5 ? '' : this.#one(['"', '}', ',', '\\', '\u0001', '9'])) +
      text.slice(at + 1)
    );
  }

  #outOfOrder(): string {
    const { random } = this.#options;
    if (random() < 0.2) return `{"kind":"ack","seq":${this.#one([0, 1, 5, 1e6, Number.MAX_SAFE_INTEGER])}}`;
    if (random() < 0.5) this.#seq += 1;
    return this.#message(this.#one([this.#seq, this.#seq, 1, this.#seq + 7, Number.MAX_SAFE_INTEGER]));
  }

  /** Somebody else's place, room or name. A session's secret is 128 bits: this one guesses. */
  #trespass(): string {
    const { random, room, peers } = this.#options;
    const guess = 'abcdefghijklmnop'.repeat(1 + Math.floor(random() * 2));
    if (random() < 0.5) return this.#message(this.#seq, this.#one(peers));
    const resume = { lastSeq: this.#one([0, 1, 1e6]) };
    const secret = random() < 0.5 ? { key: guess } : { owner: guess };
    const frame = { kind: 'join', room, peer: this.#one(peers), ...secret, ...(random() < 0.5 && resume) };
    return JSON.stringify(frame);
  }

  #oversized(): string {
    const { random, messageBytes } = this.#options;
    return this.#message(this.#seq, 'x', 'y'.repeat(messageBytes * (0.9 + random() * 2)));
  }

  #message(seq: number, to = this.#one(['a', 'b', 'nobody']), reason = 'hostile'): string {
    const kind = this.#one(['description', 'candidate', 'bye']);
    const payload =
      kind === 'description'
        ? { type: 'offer', sdp: reason }
        : kind === 'candidate'
          ? { candidate: reason, sdpMid: '0' }
          : { reason };
    return JSON.stringify({ kind, seq, to, payload });
  }
}
