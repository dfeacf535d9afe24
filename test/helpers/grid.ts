import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { test } from 'vitest';
import { GridClient } from '../../harness/grid/grid-client.ts';
import { AsyncStack } from '../../harness/lifecycle/async-stack.ts';
import { OwnedProcess } from '../../harness/lifecycle/owned-process.ts';
import { findBrowsers } from '../../harness/setup/find-browsers.mjs';
import { findCommand } from '../../harness/setup/processes.mjs';
import { locateGridJar } from '../../harness/setup/selenium-grid.mjs';
import { TestFolder } from './programs.ts';

const java = findCommand('java', process.env);
const jar = locateGridJar(process.env);
const chromedriver = findCommand('chromedriver', process.env);
const chrome = findBrowsers({ wanted: ['chrome'] }).found[0]?.executablePath;

const missing = Object.entries({ java, chromedriver, chrome, 'the jar of a Selenium Grid': jar })
  .filter(([, path]) => path === undefined)
  .map(([name]) => name);

/** Why there can be no Grid here; `undefined` when there can be. */
export const noGrid =
  missing.length > 0 ? `${missing.join(', ')} missing (npm run setup -- --with grid)` : undefined;

if (noGrid !== undefined) test.skip(`no Grid here: ${noGrid}`, () => {});

/** A test that needs a Grid; skipped where there can be none. */
export const gridTest = test.skipIf(noGrid !== undefined);

export interface TestNode extends AsyncDisposable {
  /** By which the hub knows it. */
  uri: string;
  /** The machine it is on goes down: the node, its drivers and its browsers at once. */
  kill(): Promise<void>;
}

export interface TestGrid extends AsyncDisposable {
  url: string;
  client: GridClient;
  /** Adds a node with slots for Chrome, and waits until the hub has it. */
  addNode(options?: { slots?: number }): Promise<TestNode>;
}

export interface TestGridOptions {
  /** Wanted of whoever asks. */
  user?: string;
  password?: string;
}

/** JVMs take their time on a machine that has none. */
const READY_MS = 90_000;
const LOOK_MS = 100;
const ENV = { ...process.env, SE_OFFLINE: 'true', SE_AVOID_STATS: 'true' };

/** A real Selenium Grid on loopback: a hub, and nodes of their own; all of it ends with the value. */
export async function openTestGrid({ user, password }: TestGridOptions = {}): Promise<TestGrid> {
  await using stack = new AsyncStack();
  const [port, publish, subscribe] = await freePorts(3);
  const events = [`tcp://127.0.0.1:${publish}`, `tcp://127.0.0.1:${subscribe}`] as const;
  const login = user === undefined ? [] : ['--username', user, '--password', password ?? ''];
  const hub = stack.use(
    await startJava([
      ...`hub --host 127.0.0.1 --port ${port}`.split(' '),
      ...`--publish-events ${events[0]} --subscribe-events ${events[1]}`.split(' '),
      ...'--session-request-timeout 60 --session-retry-interval 1 --reject-unsupported-caps true'.split(' '),
      ...login,
    ]),
  );
  const url = `http://127.0.0.1:${port}`;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const client = new GridClient({ url, ...(user !== undefined && { authorization }) });
  await until(hub, () =>
    client.status().then(
      () => true,
      () => false,
    ),
  );
  const owned = stack.move();
  return {
    url,
    client,
    addNode: async ({ slots = 2 } = {}) => owned.use(await openNode({ url, client, events, slots })),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

async function openNode({
  url,
  client,
  events,
  slots,
}: {
  url: string;
  client: GridClient;
  events: readonly [string, string];
  slots: number;
}): Promise<TestNode> {
  await using stack = new AsyncStack();
  const folder = new TestFolder();
  stack.defer(() => folder[Symbol.dispose]());
  const [port = 0] = await freePorts(1);
  const config = folder.file('node.toml', nodeConfig({ port, url, events, slots }));
  const node = stack.use(
    await startJava(['node', '--config', config, '--selenium-manager', 'false'], folder.path),
  );
  const uri = `http://127.0.0.1:${port}`;
  await until(node, async () => (await client.status()).nodes.some((known) => known.uri === uri));
  const owned = stack.move();
  return {
    uri,
    kill: () => node.end(),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

function nodeConfig({
  port,
  url,
  events: [publish, subscribe],
  slots,
}: {
  port: number;
  url: string;
  events: readonly [string, string];
  slots: number;
}): string {
  const root = process.getuid?.() === 0;
  const stereotype = {
    browserName: 'chrome',
    platformName: 'linux',
    // Root has no sandbox, which a node's stereotype says, not a run.
    'goog:chromeOptions': { binary: chrome, args: root ? ['--no-sandbox'] : [] },
  };
  return `
[server]
host = "127.0.0.1"
port = ${port}
[events]
publish = "${publish}"
subscribe = "${subscribe}"
[node]
detect-drivers = false
max-sessions = ${slots}
override-max-sessions = true
session-timeout = 60
grid-url = "${url}"
[[node.driver-configuration]]
display-name = "Chromium"
webdriver-executable = "${chromedriver}"
max-sessions = ${slots}
stereotype = '${JSON.stringify(stereotype)}'
`;
}

function startJava(args: readonly string[], temporary?: string): Promise<OwnedProcess> {
  // What chromedriver leaves behind goes away with the test.
  const env = temporary === undefined ? ENV : { ...ENV, TMPDIR: temporary };
  return OwnedProcess.start({ command: [java ?? 'java', '-Xmx192m', '-jar', jar ?? '', ...args], env });
}

/** Other people's servers tell nobody when they are ready: asking is the only way. */
async function until(process: OwnedProcess, isReady: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (!(await isReady())) {
    if (process.hasExited || performance.now() > deadline)
      throw new Error(`the Grid is not ready: ${process.outputTail.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
