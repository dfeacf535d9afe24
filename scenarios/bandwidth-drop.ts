import {
  callFacts,
  type DataRate,
  defineScenario,
  meanRateBps,
  yieldFacts,
  yieldMs,
} from '../harness/index.ts';

const NARROW_BPS = 300_000;
const line = (rate: DataRate) => ({ uplink: { delay: '20ms', rate }, downlink: { delay: '20ms' } }) as const;

/**
 * A caller that wants more than its line has: 2 Mbit/s, then 300 kbit/s, then 2 Mbit/s again. Measures how long it takes
 * to get below the narrow line (`yield_ms`; Firefox 153 may never), and how much of its rate is back 15 s after it
 * (`regain_ratio`).
 *
 * Guards against a sender that floods a line that has become narrow, or a call that does not survive it.
 */
export default defineScenario({
  name: 'bandwidth-drop',
  summary: "The caller's uplink drops from 2 Mbit/s to 300 kbit/s and comes back.",
  guardsAgainst: 'a sender that floods a line that has become narrow, or a call that does not survive it',
  roles: ['caller', 'callee'],
  levels: ['lab', 'shaped'],
  network: {
    caller: { nat: 'port-restricted', link: line('2Mbps') },
    callee: { nat: 'port-restricted' },
  },
  ice: { servers: ['stun'] },
  duration: '15s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
    'recv_bitrate_bps{role:callee}': ['max<2200000'],
  },
  async script({ caller, callee, network, step, hold, check, measure }) {
    const video = { source: 'noise', width: 1280, height: 720, frameRate: 30 } as const;
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia({ video }), callee.openMedia()]));
    caller.startRateClock();
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    await step('hold', () => hold());
    const fromMs = await step('drop', () => network.set(caller, line('300kbps')));
    await step('narrow', () => hold());
    const toMs = await step('restore', () => network.reset(caller));
    const seen = await step('wide again', () => hold());
    const rates = caller.sentRates();
    const [beforeBps, narrowBps, afterBps] = [fromMs, toMs, Infinity].map((endMs) =>
      meanRateBps(rates, Math.min(endMs, rates.at(-1)?.endMs ?? 0) - 6000, endMs),
    );
    measure('yield_ms', yieldMs(rates, { fromMs, toMs, belowBps: NARROW_BPS }), caller);
    measure('regain_ratio', beforeBps && afterBps && afterBps / beforeBps, caller);
    check(...yieldFacts(caller, { beforeBps, narrowBps }), ...(await callFacts(callee, seen.callee)));
    await step('hang-up', () => caller.hangUp());
  },
});
