import { expect, test } from 'vitest';
import { renderProblem, type Problem } from '../../harness/errors.ts';
import { validateScenario } from '../../harness/scenario/validate.ts';

const GOOD = {
  name: 'mine',
  summary: 'A call.',
  guardsAgainst: 'None.',
  roles: ['caller', 'callee'],
  script: async () => {},
};

function validate(more: object) {
  const problems: Problem[] = [];
  const scenario = validateScenario({ ...GOOD, ...more }, 'mine.ts', problems);
  return { scenario, problems: problems.map(renderProblem) };
}

test('validateScenario() takes levels, a network, servers and variants', () => {
  const { scenario, problems } = validate({
    levels: ['lab', 'loopback'],
    network: { caller: 'home', callee: { nat: 'symmetric' } },
    ice: { servers: ['stun', 'turn-udp'] },
    variants: {
      axis: 'path',
      baseline: 'direct',
      cases: {
        direct: { summary: 'host candidates' },
        'relay-tls': { summary: 'TURN over TLS', ice: { servers: ['turn-tls'], policy: 'relay' } },
        blocked: { summary: 'UDP blocked', network: { caller: 'corporate', callee: 'home' }, needs: 'lab' },
      },
    },
  });
  expect(problems).toEqual([]);
  expect(scenario?.variants?.baseline).toBe('direct');
});

test('validateScenario() tells everything that is wrong with networks at once', () => {
  const { scenario, problems } = validate({
    levels: ['lab', 'loopbak', 'lab'],
    network: { caller: 'hoem' },
    ice: { servers: ['turn-ucp'] },
    variants: {
      axis: 'paht',
      baseline: 'dirct',
      cases: {
        direct: { ice: { policy: 'relay' } },
        RelayTls: {
          summary: 'x',
          network: { caller: { link: { uplink: { rate: '0bps' } } }, callee: 'lan' },
          needs: 'internet',
          levels: [],
        },
      },
    },
  });
  expect(scenario).toBeUndefined();
  expect(problems).toEqual([
    'mine.ts: levels[1]: expected one of loopback, shaped, lab, got "loopbak" — did you mean loopback?',
    'mine.ts: levels[2]: expected each level once, got "lab"',
    'mine.ts: network.callee: expected a network for callee, got nothing',
    `mine.ts: network.caller: expected a network's name, or an object like { nat: 'symmetric' }, got "hoem" — did you mean home?`,
    'mine.ts: ice.servers[0]: expected one of stun, turn-udp, turn-tcp, turn-tls, got "turn-ucp" — did you mean turn-udp?',
    'mine.ts: variants.axis: expected one of path, nat, loss, network, signaling, size, case, got "paht" — did you mean path?',
    'mine.ts: variants.cases.direct.summary: expected a few words, got nothing',
    'mine.ts: variants.cases.direct.ice.policy: expected a TURN server to relay, got "relay" — add turn-udp, turn-tcp or turn-tls to servers',
    'mine.ts: variants.cases.RelayTls: expected a kebab-case name like "relay-tls", got "RelayTls"',
    expect.stringContaining('mine.ts: variants.cases.RelayTls.levels: expected one of summary'),
    'mine.ts: variants.cases.RelayTls.network.caller.link.uplink.rate: expected a data rate above 0, got "0bps" — nothing gets through with outage: true',
    'mine.ts: variants.cases.RelayTls.needs: expected lab, a list of features, or an object of role → features, got "internet"',
    'mine.ts: variants.baseline: expected one of the cases, got "dirct" — did you mean direct?',
  ]);
});

test.for([
  [{ levels: [] }, 'a list of loopback, shaped, lab, best first'],
  [{ levels: 'lab' }, 'a list of loopback, shaped, lab, best first'],
  [{ variants: [] }, 'an object { axis, baseline, cases }'],
  [{ variants: { axis: 'path', cases: {} } }, 'an object with at least one case'],
  [{ variants: { axis: 'path', cases: { a: 'b' } } }, 'variants.cases.a: expected an object'],
  [{ variants: { cases: { a: { summary: 'b' } } } }, 'variants.axis: expected one of path'],
  [
    { levels: ['loopback'], variants: { axis: 'path', cases: { a: { summary: 'b', needs: 'lab' } } } },
    'add lab to levels',
  ],
  [{ networks: {} }, 'did you mean network?'],
] as const)('validateScenario() refuses %j', ([more, part]) => {
  const { scenario, problems } = validate(more);
  expect(scenario).toBeUndefined();
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(part);
});

test.for(['variant', 'measure', 'network', 'turn', 'signaling', 'sites'])(
  'validateScenario() refuses a role called %s',
  (role) => {
    const { problems } = validate({ roles: ['caller', role] });
    expect(problems.join('\n')).toContain(`roles[1]: expected a name that is not a word of the script`);
  },
);

test.for<[object, string[]]>([
  [{ levels: ['lab'] }, ['']],
  [{ levels: ['lab', 'loopback'], variants: { axis: 'case', cases: { a: { summary: 'x' } } } }, [': a']],
  [
    {
      variants: {
        axis: 'case',
        cases: { a: { summary: 'x', network: { caller: {}, callee: {} } }, b: { summary: 'y' } },
      },
    },
    [': b'],
  ],
  [{ levels: ['loopback'], variants: { axis: 'case', cases: { a: { summary: 'x' } } } }, []],
])('validateScenario() wants a network for every call in the lab: %j', ([more, expected]) => {
  const { problems } = validate(more);
  expect(problems).toHaveLength(expected.length);
  expected.forEach((which, index) => {
    expect(problems[index]).toContain('mine.ts: network: expected a network for the lab');
    expect(problems[index]).toContain(which);
  });
});

test('validateScenario() rejects roles of a variant that the scenario has not, or has twice', () => {
  const cases = {
    small: { summary: 'two', roles: ['caller', 'caler', 'caller'] },
    none: { summary: '', roles: [] },
  };
  const { problems } = validate({ variants: { axis: 'size', cases } });
  expect(problems).toEqual([
    'mine.ts: variants.cases.small.roles[1]: expected one of caller, callee, got "caler" — did you mean caller?',
    'mine.ts: variants.cases.small.roles[2]: expected each role once, got "caller"',
    'mine.ts: variants.cases.none.summary: expected a few words, got ""',
    'mine.ts: variants.cases.none.roles: expected a list of caller, callee, got []',
  ]);
});
