/**
 * What must not compile. `tsc` checks this file with the rest: an `@ts-expect-error` whose line compiles is itself an
 * error. Nothing here is run.
 */
import { defineConfig } from '../../harness/config/config.ts';
import { defineScenario } from '../../harness/index.ts';

const base = {
  name: 'x',
  summary: '',
  guardsAgainst: '',
  roles: ['caller', 'callee'],
  script: () => Promise.resolve(),
} as const;

defineScenario({
  ...base,
  duration: '30s',
  matrix: [{ caller: 'chrome', callee: 'firefox' }],
  thresholds: {
    connect_ms: ['p(95)<3000', { threshold: 'avg<1000', abortOnFail: true }],
    connection_success: ['rate==1'],
    'connect_ms{pair:chrome:firefox}': ['max<5000'],
  },
});

// @ts-expect-error: no such metric
defineScenario({ ...base, thresholds: { conect_ms: ['p(95)<3000'] } });

// @ts-expect-error: a percentile is written p(95)
defineScenario({ ...base, thresholds: { connect_ms: ['p95<1'] } });

// @ts-expect-error: a rate has no average
defineScenario({ ...base, thresholds: { connection_success: ['avg>0.9'] } });

// @ts-expect-error: a sub-metric is judged as its metric
defineScenario({ ...base, thresholds: { 'connect_ms{role:caller}': ['rate<1'] } });

// @ts-expect-error: the callee has no browser
defineScenario({ ...base, matrix: [{ caller: 'chrome' }] });

// @ts-expect-error: no such role
defineScenario({ ...base, matrix: [{ caller: 'chrome', callee: 'firefox', listener: 'opera' }] });

// @ts-expect-error: a duration has a unit
defineScenario({ ...base, duration: '60' });

// @ts-expect-error: a duration has a unit
defineScenario({ ...base, duration: 60 });

defineScenario({
  ...base,
  // @ts-expect-error: no such role
  script: async ({ listener }) => listener.join(),
});

defineConfig({ browsers: ['chrome'], browser: { opera: '/opt/opera' }, statsInterval: '500ms' });

// @ts-expect-error: no such key
defineConfig({ browser_paths: {} });

// @ts-expect-error: a duration has a unit
defineConfig({ statsInterval: '500' });

defineScenario({
  ...base,
  levels: ['lab', 'loopback'],
  network: { caller: 'home', callee: { like: 'corporate', link: { uplink: { rate: '2Mbps', loss: '5%' } } } },
  ice: { servers: ['stun', 'turn-tls'], policy: 'relay' },
  variants: {
    axis: 'path',
    baseline: 'direct',
    cases: {
      direct: { summary: '' },
      shared: {
        summary: '',
        needs: 'lab',
        network: { sites: { office: 'lan' }, peers: { caller: 'office', callee: { site: 'office' } } },
      },
    },
  },
});

// @ts-expect-error: no such network
defineScenario({ ...base, network: { caller: 'hoem', callee: 'lan' } });

// @ts-expect-error: the callee has no network
defineScenario({ ...base, network: { caller: 'home' } });

// @ts-expect-error: a rate has a unit
defineScenario({ ...base, network: { caller: { link: { uplink: { rate: 100 } } }, callee: 'lan' } });

// @ts-expect-error: no such server
defineScenario({ ...base, ice: { servers: ['turn-ucp'] } });

// @ts-expect-error: no such level
defineScenario({ ...base, levels: ['internet'] });

defineScenario({
  ...base,
  variants: {
    axis: 'path',
    // @ts-expect-error: no such case
    baseline: 'dirct',
    cases: { direct: { summary: '' } },
  },
});

defineConfig({ network: 'lab', turn: 'turn:turn.example.org', pcap: true });

// @ts-expect-error: no such level
defineConfig({ network: 'internet' });
