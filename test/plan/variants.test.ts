import { describe, expect, test } from 'vitest';
import type { Problem } from '../../harness/errors.ts';
import { chooseLevel, levelsOf } from '../../harness/plan/choose-level.ts';
import { makePlan, type PlanInput } from '../../harness/plan/make-plan.ts';
import type { Scenario, VariantSpec } from '../../harness/scenario/scenario.ts';
import { aPlan } from '../store/a-run.ts';
import { anInput } from './an-input.ts';

const LAB = { ready: true, backend: 'wirefilter' } as const;
const NO_LAB = { ready: false, why: 'unshare: not permitted' } as const;
const both = (site: object) => ({ caller: site, callee: site });

const CASES: Record<string, VariantSpec> = {
  direct: { summary: 'host', network: both({ nat: 'none' }) },
  relay: { summary: 'forced', ice: { servers: ['turn-udp'], policy: 'relay' } },
  blocked: { summary: 'UDP blocked', network: both({ firewall: 'udp-blocked' }), needs: 'lab' },
};

function compared(changes: Partial<Scenario> = {}): Scenario {
  return {
    ...anInput().scenario,
    levels: ['lab', 'loopback'],
    network: both({ link: { uplink: { delay: '10ms' } } }),
    variants: { axis: 'path', baseline: 'direct', cases: CASES },
    ...changes,
  };
}

const plan = (changes: Partial<PlanInput>) => makePlan(anInput({ scenario: compared(), ...changes }), [])!;
const options = (changes: object) => ({ ...aPlan().options, ...changes });

test('makePlan() makes a cell of each variant and pair, and says what is compared', () => {
  const { cells, comparison } = plan({ lab: LAB });
  expect(cells.map(({ id }) => id).filter((id) => id.startsWith('chrome:firefox'))).toEqual([
    'chrome:firefox/direct',
    'chrome:firefox/relay',
    'chrome:firefox/blocked',
  ]);
  expect(cells[0]).toMatchObject({
    variant: { axis: 'path', name: 'direct' },
    topology: { sites: [{}, {}] },
  });
  expect(comparison).toEqual({
    axis: 'path',
    baseline: 'direct',
    cases: Object.entries(CASES).map(([name, { summary }]) => ({ name, summary })),
  });
});

test("makePlan() takes from the scenario what a variant does not say, and the variant's own where it does", () => {
  const [direct, relay] = plan({ lab: LAB }).cells.filter(({ id }) => id.startsWith('chrome:chrome'));
  expect(direct?.topology?.sites[0]).toMatchObject({ nats: [] });
  expect(relay?.topology?.sites[0]).toMatchObject({ link: { uplink: { delayMs: 10 } } });
  expect(relay?.ice).toEqual({ servers: ['turn-udp'], policy: 'relay', credentials: 'valid' });
});

test('makePlan() leaves out the roles that take no part in a variant, and what differs in them alone', () => {
  const cases: Record<string, VariantSpec> = {
    pair: { summary: 'two', roles: ['one', 'two'] },
    room: { summary: 'three' },
  };
  const scenario: Scenario = {
    ...anInput().scenario,
    roles: ['one', 'two', 'three'],
    variants: { axis: 'size', cases },
  };
  const ids = (matrix: PlanInput['matrix']) => plan({ scenario, matrix }).cells.map(({ id }) => id);
  expect(ids('dealt')).toEqual([
    'chrome:firefox/pair',
    'firefox:chrome/pair',
    'chrome:firefox:chrome/room',
    'firefox:chrome:firefox/room',
  ]);
  expect(ids('ordered').filter((id) => id.endsWith('/pair'))).toHaveLength(4);
  expect(plan({ scenario, matrix: 'dealt' }).cells[0]?.assignment).toEqual({ one: 'chrome', two: 'firefox' });
});

test('makePlan() has for each role what scenario and variant need of its browser', () => {
  const cases: Record<string, VariantSpec> = {
    vp8: { summary: 'VP8' },
    av1: { summary: 'AV1', needs: { callee: ['codec:video/AV1'] } },
  };
  const scenario: Scenario = {
    ...anInput().scenario,
    needs: ['dtmf'],
    variants: { axis: 'case', cases },
  };
  const { cells, network } = makePlan(anInput({ scenario, only: ['chrome:firefox/*'] }), [])!;
  expect(network?.level).toBe('loopback');
  expect(cells.map(({ needs }) => needs)).toEqual([
    { caller: ['dtmf'], callee: ['dtmf'] },
    { caller: ['dtmf'], callee: ['dtmf', 'codec:video/AV1'] },
  ]);
});

test('makePlan() gives call ids that are file names', () => {
  expect(plan({ lab: LAB, only: ['chrome:firefox/relay'] }).calls[0]?.id).toBe('001-chrome-firefox-relay');
});

describe('planned order', () => {
  const order = (seed: number) =>
    plan({ lab: LAB, only: ['chrome:chrome'], options: options({ seed, iterations: 8 }) }).calls.map(
      ({ cell }) => cell,
    );

  test('has every cell once in each iteration, none of them always first', () => {
    const cells = order(1);
    const firsts = Array.from({ length: 8 }, (_, n) => cells[n * 3]);
    for (let n = 0; n < 8; n++) expect(new Set(cells.slice(n * 3, n * 3 + 3)).size).toBe(3);
    expect(new Set(firsts).size).toBeGreaterThan(1);
  });

  test('is the same for the same seed', () => {
    expect(order(7)).toEqual(order(7));
    expect(order(7)).not.toEqual(order(8));
  });

  test('keeps networks of one shape together', () => {
    const scenario = compared({
      variants: {
        axis: 'network',
        cases: {
          one: { summary: '1', network: both({ nat: 'none' }) },
          two: { summary: '2', network: both({ nat: ['port-restricted', 'symmetric'] }) },
          three: { summary: '3', network: both({ nat: 'symmetric' }) },
        },
      },
    });
    const { calls } = plan({
      scenario,
      lab: LAB,
      only: ['chrome:chrome'],
      options: options({ iterations: 6 }),
    });
    for (let n = 0; n < 6; n++) {
      const double = calls.slice(n * 3, n * 3 + 3).findIndex(({ cell }) => cell.endsWith('two'));
      expect(double).not.toBe(1);
    }
  });
});

describe('cells that cannot be tried', () => {
  const reasons = (changes: Partial<PlanInput>) =>
    Object.fromEntries(
      plan({ only: ['firefox:chrome'], ...changes }).cells.map(({ variant, unsupported }) => [
        variant?.name,
        unsupported,
      ]),
    );

  test('are those that need the lab, where there is none', () => {
    expect(reasons({ lab: NO_LAB })).toEqual({
      direct: undefined,
      relay: undefined,
      blocked: 'needs the lab: unshare: not permitted',
    });
  });

  test('are all, if the scenario knows only the lab', () => {
    const scenario = compared({ levels: ['lab'] });
    expect(new Set(Object.values(reasons({ scenario, lab: NO_LAB })))).toEqual(
      new Set(['needs the lab: unshare: not permitted']),
    );
  });

  test('are those with impaired links, if nothing can impair them', () => {
    const why = 'neither netem nor wirefilter';
    const found = reasons({ lab: { ready: true, why } });
    expect(found.direct).toBeUndefined();
    expect(found.relay).toBe(`links cannot be impaired here: ${why}`);
  });

  test('are those whose servers --turn does not give', () => {
    const iceServers = [{ url: 'turns:turn.example.org', kind: 'turn-tls' as const }];
    const found = reasons({ lab: LAB, iceServers });
    expect(found.relay).toBe('--turn gives no turn: URL with transport=udp');
    expect(found.direct).toBeUndefined();
  });

  test('are those in the lab whose servers are outside of it', () => {
    const iceServers = [{ url: 'turn:turn.example.org?transport=udp', kind: 'turn-udp' as const }];
    const found = reasons({ lab: LAB, iceServers, network: 'lab' });
    expect(found.relay).toBe('nothing in a lab reaches the servers of --turn: needs --network loopback');
    expect(found.direct).toBeUndefined();
    expect(found.blocked).toBeUndefined();
  });

  test('are those in which a browser would have to impair its own page and cannot', () => {
    const scenario = compared({ levels: ['shaped'], variants: undefined! });
    const { cells } = plan({ scenario, only: ['chrome:chrome', 'chrome:firefox'] });
    expect(cells.map(({ unsupported }) => unsupported)).toEqual([
      undefined,
      'firefox cannot impair its own page: needs the lab',
    ]);
  });
});

test('makePlan() leaves networks out on loopback, but says what is wrong with them', () => {
  expect(plan({ network: 'loopback' }).cells[0]).not.toHaveProperty('topology');
  const problems: Problem[] = [];
  const scenario = compared({ network: both({ nat: 'cone' }) as never });
  expect(makePlan(anInput({ scenario, network: 'loopback' }), problems)).toBeUndefined();
  expect(problems.map(({ path }) => path)).toContain('scenarios/p2p-call.ts: network.caller.nat');
});

describe('levelsOf()', () => {
  const scenario = anInput().scenario;
  test.for([
    ['loopback if nothing is said', scenario, ['loopback']],
    ['the lab if there is a network', { ...scenario, network: both({}) }, ['lab']],
    ['what the scenario says', { ...scenario, levels: ['shaped'] as const }, ['shaped']],
  ] as const)('is %s', ([, given, levels]) => {
    expect(levelsOf(given as Scenario)).toEqual(levels);
  });
});

describe('chooseLevel()', () => {
  const choose = (wanted: 'lab' | 'loopback' | 'shaped' | undefined, lab: typeof LAB | typeof NO_LAB) => {
    const problems: Problem[] = [];
    return { ...chooseLevel(compared(), { wanted, lab }, problems), problems };
  };

  test('takes the best level that is there, and says why not a better one', () => {
    expect(choose(undefined, LAB)).toMatchObject({ level: 'lab', backend: 'wirefilter' });
    expect(choose(undefined, NO_LAB)).toMatchObject({ level: 'loopback', why: 'unshare: not permitted' });
  });

  test('takes none in which servers of the user’s own cannot be reached', () => {
    const choice = { wanted: undefined, lab: LAB, isGiven: true };
    expect(chooseLevel(compared(), choice, [])).toMatchObject({
      level: 'loopback',
      why: 'nothing in a lab reaches the servers of --turn',
    });
    const levels = ['lab'] as const;
    expect(chooseLevel(compared({ levels }), choice, [])).toMatchObject({ level: 'lab' });
  });

  test('takes the one that was asked for', () => {
    expect(choose('loopback', LAB)).toMatchObject({ level: 'loopback' });
    expect(choose('lab', NO_LAB)).toMatchObject({ level: 'lab', why: 'unshare: not permitted' });
  });

  test('has a problem with one that the scenario does not know', () => {
    expect(choose('shaped', LAB).problems).toEqual([
      {
        path: '--network',
        expected: 'lab or loopback',
        got: 'shaped',
        hint: 'p2p-call knows no other level',
      },
    ]);
  });
});
