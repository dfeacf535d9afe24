/**
 * A scenario to begin with, as TypeScript: it passes, and shows parameters, a metric of its own and both hooks.
 *
 * @param name kebab-case.
 */
export function renderSkeleton(name: string, { from }: { from: string }): string {
  const metric = `${/^\d/.test(name) ? 'my_' : ''}${name.replaceAll('-', '_')}_ready_ms`;
  return `import { callFacts, defineScenario, hangUpFacts, param } from '${from}';

/**
 * A caller and a callee hold a call. (Say here what happens, in one sentence.)
 *
 * Guards against what you want to find out before your users do.
 */
export default defineScenario({
  name: '${name}',
  summary: 'A caller and a callee hold a call.',
  guardsAgainst: 'what you want to find out before your users do',
  // In the order in which --pairs names browsers: chrome:firefox.
  roles: ['caller', 'callee'],
  duration: '3s',

  // Set with --param, typed in the script: --param video=false.
  params: {
    video: param.flag({ default: true, summary: 'whether they see each other' }),
  },

  // Beside what Callrig measures itself. Units are in the name.
  metrics: {
    ${metric}: {
      type: 'trend',
      unit: 'ms',
      better: 'lower',
      description: 'From joining to media from the other side.',
    },
  },

  // Numbers that judge are here, in k6's words, never in the script.
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
    ${metric}: ['p(95)<30000'],
  },

  // Once, before the first call: log in, make a room. What it returns is \`data\` below; it must be JSON.
  setup: () => ({ startedAt: Date.now() }),

  async script({ caller, callee, peers, params, step, hold, check, measure }) {
    const joinedAt = performance.now();
    await step('join', () => Promise.all(peers.map((peer) => peer.join())));
    await step('media', () => Promise.all(peers.map((peer) => peer.openMedia({ video: params.video }))));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all(peers.map((peer) => peer.receiveMedia())));
    measure('${metric}', performance.now() - joinedAt);

    // Your own code in the page of a peer. It sees only its arguments.
    const state = await caller.evaluate((remote, rig) => rig.connection(remote).connectionState, 'callee');
    check({
      name: 'the caller is connected',
      peer: caller,
      passed: state === 'connected',
      expected: 'connected',
      actual: state,
    });

    // The steady part: its means are what tables show.
    const seen = await step('hold', () => hold());
    const receives = { video: params.video };
    check(...(await callFacts(caller, seen.caller, { receives })));
    check(...(await callFacts(callee, seen.callee, { receives })));

    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },

  // Once, after the last call, also when the run was stopped or calls broke.
  teardown({ data }) {
    console.error(\`held calls for \${Date.now() - data.startedAt} ms\`);
  },
});
`;
}
