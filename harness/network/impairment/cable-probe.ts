import { NetworkError } from '../../errors.ts';
import type { Impairment } from '../../topology/topology.ts';
import { PROBE_PORT } from '../lab/addresses.ts';
import type { Station } from '../lab/station.ts';
import type { CableDirection } from './emulator.ts';
import { deriveQuick, deriveRate, deriveSmall, type Arrivals, type Measured } from './measured.ts';
import { drainMs, quickTrain, rateTrain, smallTrain, type Train } from './probe-plan.ts';
import { isLate } from './verify-link.ts';

const GREET_MS = 5000;
/** Half of twice the rate is no more than the rate. */
const TOO_LOSSY = 0.4;
const LOOKS = 6;

/** A station in the namespace of a cable's end, and the end's own address there. */
export interface ProbeEnd {
  station: Station;
  address: string;
}

type End = ProbeEnd & { id: number };
const DIRECTIONS = ['a-to-b', 'b-to-a'] as const satisfies CableDirection[];
/** By direction. */
type Both<Value> = Record<CableDirection, Value>;

/**
 * Measures a cable one way each, both at once, between the namespaces it joins: NATs and firewalls do not matter.
 *
 * Open it while the cable is not impaired: the ends then know each other's hardware addresses, and no lost ARP request
 * delays what follows by a second. Measured is at the level of Ethernet frames.
 */
export class CableProbe implements AsyncDisposable {
  #a: End;
  #b: End;
  #round = 0;
  #last: Both<Impairment> = { 'a-to-b': {}, 'b-to-a': {} };

  private constructor(a: End, b: End) {
    this.#a = a;
    this.#b = b;
  }

  /**
   * `a` speaks first, so that a firewall of its own lets the answers in.
   *
   * @throws NetworkError when nothing comes back over the unimpaired cable
   */
  static async open({ a, b }: { a: ProbeEnd; b: ProbeEnd }): Promise<CableProbe> {
    const open = async (end: ProbeEnd, port: number) => {
      const opened = await end.station.probe('link-open', { host: end.address, port });
      return { ...end, ...(opened as { id: number; port: number }) };
    };
    // Many cables may end at the same address there.
    const [endA, endB] = await Promise.all([open(a, PROBE_PORT), open(b, 0)]);
    const probe = new CableProbe(endA, endB);
    const greeting = { id: endA.id, host: b.address, port: endB.port, timeoutMs: GREET_MS };
    if ((await a.station.probe('link-greet', greeting)) === true) return probe;
    await probe[Symbol.asyncDispose]();
    throw new NetworkError(
      `nothing comes back from ${b.address} (${b.station.name}) to ${a.address} (${a.station.name})`,
      { code: 'LINK_DEAD' },
    );
  }

  /** All there is to measure. Takes 0.1 s plus the delay; 1 to 2 s when chance or a rate is to be measured. */
  async measure(configured: Both<Impairment>): Promise<Both<Measured>> {
    const small = each((direction) => smallTrain(configured[direction]));
    const arrivals = await this.#run(small, configured);
    const first = each((direction) =>
      deriveSmall(small[direction], arrivals[direction], configured[direction]),
    );
    const measured = await this.#quietest(first, configured);
    const rates = await this.#rates(configured);
    return each((direction) => ({ ...measured[direction], ...rates[direction] }));
  }

  /** What becomes of one train each way, both at once. */
  async measureTrain(train: Train, configured: Both<Impairment>): Promise<Both<Measured>> {
    const arrivals = await this.#run(
      each(() => train),
      configured,
    );
    return each((direction) => deriveSmall(train, arrivals[direction], configured[direction]));
  }

  /** A few small packets, which do not disturb a call: tells an outage and the delay, not loss, jitter or rate. */
  async quickCheck(configured: Both<Impairment>): Promise<Both<Measured>> {
    return this.#quietest(await this.#quickLook(configured), configured);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const close = ({ station, id }: End) => station.probe('link-close', { id });
    await Promise.allSettled([close(this.#a), close(this.#b)]);
  }

  async #quickLook(configured: Both<Impairment>): Promise<Both<Measured>> {
    const quick = each((direction) => quickTrain(configured[direction], this.#last[direction]));
    const arrivals = await this.#run(quick, configured);
    return each((direction) => deriveQuick(quick[direction], arrivals[direction], configured[direction]));
  }

  /** A machine that pauses makes delays longer, never shorter: of some looks at one too long, the shortest counts. */
  async #quietest(first: Both<Measured>, configured: Both<Impairment>): Promise<Both<Measured>> {
    let best = first;
    for (let look = 1; look < LOOKS && this.#isLate(best, configured); look++) {
      const again = await this.#quickLook(configured);
      best = each((direction) => shorter(best[direction], again[direction]));
    }
    return best;
  }

  #isLate(measured: Both<Measured>, configured: Both<Impairment>): boolean {
    return DIRECTIONS.some((direction) => isLate(configured[direction], measured[direction]));
  }

  async #rates(configured: Both<Impairment>): Promise<Both<Pick<Measured, 'rateBps'>>> {
    const trains = each((direction) => {
      const { rateBps, outage, lossRatio = 0 } = configured[direction];
      return rateBps === undefined || outage || lossRatio > TOO_LOSSY ? undefined : rateTrain(rateBps);
    });
    if (!trains['a-to-b'] && !trains['b-to-a']) return each(() => ({}));
    const arrivals = await this.#run(trains, configured);
    return each((direction) => {
      const train = trains[direction];
      const rateBps = train && deriveRate(train, arrivals[direction]);
      return rateBps === undefined ? {} : { rateBps };
    });
  }

  async #run(trains: Both<Train | undefined>, configured: Both<Impairment>): Promise<Both<Arrivals>> {
    const round = ++this.#round & 0xffff;
    this.#last = configured;
    const ends = [this.#a, this.#b];
    await Promise.all(ends.map(({ station, id }) => station.probe('link-ready', { id, round })));
    const [there, back] = await Promise.all(
      DIRECTIONS.map(async (direction) => {
        const [from, to] = direction === 'a-to-b' ? [this.#a, this.#b] : [this.#b, this.#a];
        const train = trains[direction];
        if (!train) return { seq: [], sentUs: [], atUs: [] };
        const sent = await from.station.probe('link-send', { id: from.id, round, ...train });
        const untilUs = (sent as { sentUs: number }).sentUs + drainMs(train, configured[direction]) * 1000;
        return (await to.station.probe('link-collect', {
          id: to.id,
          count: train.count,
          untilUs,
        })) as Arrivals;
      }),
    );
    return { 'a-to-b': there!, 'b-to-a': back! };
  }
}

function each<Value>(of: (direction: CableDirection) => Value): Both<Value> {
  return { 'a-to-b': of('a-to-b'), 'b-to-a': of('b-to-a') };
}

function shorter(one: Measured, other: Measured): Measured {
  if (other.delayMs === undefined || (one.delayMs !== undefined && one.delayMs <= other.delayMs)) return one;
  return {
    ...one,
    delayMs: other.delayMs,
    ...(other.jitterMs !== undefined && { jitterMs: other.jitterMs }),
  };
}
