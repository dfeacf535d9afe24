import { constants, getPriority, setPriority } from 'node:os';
import { exchange, openRelay, type Peer, type Relay } from './relay-load.ts';
import { type Figure, median } from './runs.ts';

const ROUNDS = 9;
const ROOMS = 20;
/** Of each of two peers in each room, a round. */
const MESSAGES = 500;
/** Most on their way from one peer. */
const BUSY_WINDOW = 64;
const PACED_MESSAGES = 2000;
/** Two relays take turns. */
const PACED_INTERVAL_MS = 1;

/** 0.85 times as many messages per CPU-second. */
const CPU_LIMIT = 1 / 0.85;

/** What relaying costs and how long it takes, against a relay that only relays, in turn and with the same load. */
export async function benchSignaling(): Promise<Figure[]> {
  // First, while nothing has filled this process's heap.
  const delays = await beforeOthers(pacedDelays);
  const busy = await cpuAgainstBare(BUSY_WINDOW);
  const alone = await cpuAgainstBare(1);
  return [
    {
      name: 'CPU of the signaling stub per message, against a bare ws relay',
      value: busy.ratio,
      unit: '×',
      limit: CPU_LIMIT,
      from: `${busy.from}; with one on its way at a time, where no writes can be gathered: ${alone.ratio.toFixed(2)} ×, ${alone.from}`,
    },
    {
      name: 'relay latency, p99 against p50',
      value: at(delays.ours, 0.99) / at(delays.ours, 0.5),
      unit: '×',
      limit: 5,
      from: `${PACED_MESSAGES} messages: ${renderDelays(delays.ours)}; a bare relay at the same time: ${renderDelays(delays.bare)}`,
    },
    {
      name: 'p99 of the relay latency, against a bare ws relay',
      value: at(delays.ours, 0.99) / at(delays.bare, 0.99),
      unit: '×',
      limit: 1.5,
      from: 'the same messages',
    },
  ];
}

async function cpuAgainstBare(window: number): Promise<{ ratio: number; from: string }> {
  await using bare = await openRelay('bare');
  await using ours = await openRelay('ours');
  const loads = [await openLoad(bare, window), await openLoad(ours, window)] as const;
  // Once for the compilers.
  for (const load of loads) await load();
  const used: [bare: number[], ours: number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const which of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      used[which].push(await loads[which]());
    }
  }
  const ratios = used[1].map((microseconds, round) => microseconds / used[0][round]!);
  const [theirs, our] = used.map((values) => median(values).toFixed(1));
  return {
    ratio: median(ratios),
    from: `median of ${ROUNDS} rounds, ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}; ${our} µs against ${theirs} µs`,
  };
}

/** Gives back one round of load; it resolves with the relay's CPU per message, µs. */
async function openLoad(relay: Relay, window: number): Promise<() => Promise<number>> {
  const pairs = await Promise.all(Array.from({ length: ROOMS }, (_, room) => relay.openPair(`${room}`)));
  return async () => {
    const before = await relay.cpuMicroseconds();
    await Promise.all(pairs.map((pair) => exchange(pair, { count: MESSAGES, window })));
    return ((await relay.cpuMicroseconds()) - before) / (ROOMS * 2 * MESSAGES);
  };
}

/** With more of the machine than others get, if we may: else the tail is mostly theirs. Children inherit it. */
async function beforeOthers<T>(act: () => Promise<T>): Promise<T> {
  const before = getPriority();
  try {
    setPriority(constants.priority.PRIORITY_HIGH);
  } catch {
    // Without the right to it, the bare relay at the same time says what the machine's share is.
  }
  try {
    return await act();
  } finally {
    if (getPriority() !== before) setPriority(before);
  }
}

/** Delays in ms, sorted, of one message at a time; through both relays in turn, so that both have the same machine. */
async function pacedDelays(): Promise<{ bare: number[]; ours: number[] }> {
  await using bare = await openRelay('bare');
  await using ours = await openRelay('ours');
  const lines = await Promise.all(
    [bare, ours].map(async (relay) => {
      const pair = await relay.openPair('paced');
      // Once for the compilers.
      await exchange(pair, { count: 5000, window: BUSY_WINDOW });
      return openLine(pair);
    }),
  );
  let turn = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (lines.every(({ delays }) => delays.length >= PACED_MESSAGES)) return resolve(clearInterval(timer));
      lines[turn++ % lines.length]!.send();
    }, PACED_INTERVAL_MS);
  });
  const [theirs = [], our = []] = lines.map(({ delays }) => delays.toSorted((x, y) => x - y));
  return { bare: theirs, ours: our };
}

function openLine([a, b]: [Peer, Peer]): { delays: number[]; send: () => void } {
  const delays: number[] = [];
  const sentMs: number[] = [];
  b.onMessage = () => delays.push(performance.now() - sentMs[delays.length]!);
  const send = () => {
    if (sentMs.length >= PACED_MESSAGES) return;
    sentMs.push(performance.now());
    a.send();
  };
  return { delays, send };
}

function renderDelays(delays: number[]): string {
  return `p50 ${at(delays, 0.5).toFixed(2)} ms, p99 ${at(delays, 0.99).toFixed(2)} ms`;
}

function at(sorted: number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)]!;
}
