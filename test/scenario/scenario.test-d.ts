/**
 * What must not compile. `tsc` checks this file with the rest: an `@ts-expect-error` whose line compiles is itself an
 * error. Nothing here is run.
 */
import { defineConfig } from '../../harness/config/config.ts';
import { defineScenario, param } from '../../harness/index.ts';

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

defineScenario({
  ...base,
  params: {
    peers: param.integer({ default: 3, min: 3, max: 6, summary: '' }),
    codec: param.choice(['VP8', 'AV1'], { default: 'VP8', summary: '' }),
    hold: param.duration({ default: '5s', summary: '' }),
  },
  metrics: { app_login_ms: { type: 'trend', unit: 'ms', description: '' } },
  thresholds: { app_login_ms: ['p(95)<1000'], 'app_login_ms{role:caller}': ['max<9'], checks: ['rate==1'] },
  setup: ({ params }) => ({ room: `room of ${params.peers.toFixed(0)}` }),
  script: async ({ params, data, hold, measure, shared, barrier, caller }) => {
    await hold(params.hold);
    const codec: 'VP8' | 'AV1' = params.codec;
    measure('app_login_ms', data.room.length + codec.length);
    const link = shared<string>('link');
    link.set(await link.get());
    await barrier('all there', caller);
    // @ts-expect-error: no such parameter
    await hold(params.peer);
    // @ts-expect-error: setup returned no such thing
    link.set(data.rom);
    // @ts-expect-error: no such metric
    measure('app_logn_ms', 1);
    // @ts-expect-error: it is a text
    link.set(1);
  },
  teardown: ({ data }) => {
    data.room.trim();
    // @ts-expect-error: setup returned no such thing
    data.rom.trim();
  },
});

defineScenario({
  ...base,
  metrics: { logins_count: { type: 'counter', unit: 'count', description: '' } },
  // @ts-expect-error: a counter has no percentile
  thresholds: { logins_count: ['p(95)<1000'] },
});

// @ts-expect-error: the default is none of the choices
param.choice(['VP8', 'AV1'], { default: 'VP9', summary: '' });

// @ts-expect-error: a duration has a unit
param.duration({ default: '60', summary: '' });

defineScenario({
  ...base,
  // @ts-expect-error: without parameters there is none
  script: ({ params }) => Promise.resolve(params.size),
});

defineScenario({
  ...base,
  load: { executor: 'ramping-vus', startVUs: 1, stages: [{ duration: '30s', target: 10 }] },
});

defineScenario({
  ...base,
  load: {
    steady: { executor: 'constant-vus', vus: 2, duration: '1m', tags: { crowd: 'first' } },
    rush: {
      executor: 'constant-arrival-rate',
      rate: 5,
      duration: '10s',
      preAllocatedVUs: 10,
      startTime: '30s',
      cells: ['chrome:*'],
    },
  },
});

// @ts-expect-error: no such executor
defineScenario({ ...base, load: { executor: 'constant-vu', vus: 1, duration: '1m' } });

// @ts-expect-error: constant-vus needs a duration
defineScenario({ ...base, load: { executor: 'constant-vus', vus: 2 } });

// @ts-expect-error: an arrival rate needs VUs to be made by
defineScenario({ ...base, load: { executor: 'constant-arrival-rate', rate: 5, duration: '1m' } });

// @ts-expect-error: there is one script
defineScenario({ ...base, load: { executor: 'shared-iterations', vus: 2, iterations: 4, exec: 'other' } });

// @ts-expect-error: stages have a target
defineScenario({ ...base, load: { executor: 'ramping-vus', stages: [{ duration: '30s' }] } });
