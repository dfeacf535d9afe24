import { once } from 'node:events';
import { expect, test } from 'vitest';
import { AsyncStack } from '../../harness/lifecycle/async-stack.ts';
import { ControlServer } from '../../harness/peer/control-server.ts';
import { ManualHost } from '../../harness/peer/manual-host.ts';
import type { RunEvent } from '../../harness/store/layout.ts';
import { type FakeAgent, type FakeAgentOptions, openFakeAgent } from '../helpers/fake-agent.ts';

interface Visit {
  /** How the person's page behaves; `undefined`: nobody comes. */
  person?: FakeAgentOptions | undefined;
  timeoutMs?: number;
}

/** A manual host, and a person who opens each URL that is shown. */
async function openHost({ person, timeoutMs = 20_000 }: Visit = { person: {} }) {
  await using stack = new AsyncStack();
  const server = stack.use(await ControlServer.open({ host: '127.0.0.1' }));
  const events: RunEvent[] = [];
  const visitors: FakeAgent[] = [];
  const bell = new EventTarget();
  const visit = async (url: string) => {
    if (person) visitors.push(stack.use(await openFakeAgent(url, person)));
  };
  const host = new ManualHost({
    server,
    listen: '127.0.0.1',
    timeoutMs,
    emit: (event) => {
      events.push(event);
      if (event.type === 'manual-peer') void visit(event.url);
      bell.dispatchEvent(new Event(event.type));
    },
  });
  const owned = stack.move();
  const openPage = (signal = new AbortController().signal) =>
    host.openPage({ role: 'callee', browser: 'manual', onConsole: () => {}, signal });
  return {
    server,
    events,
    visitors,
    openPage,
    shown: () => once(bell, 'manual-peer'),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

test('ManualHost.openPage() shows where to go, waits, and says who came', async () => {
  await using it = await openHost({ person: { hello: { userAgent: 'Phone/1' } } });
  const page = await it.openPage();
  expect(it.events).toMatchObject([
    {
      type: 'manual-peer',
      role: 'callee',
      url: expect.stringMatching(`^${it.server.origin}/peer/`) as string,
      qr: expect.stringMatching(/[▀▄█]/) as string,
    },
    { type: 'manual-peer-joined', role: 'callee', userAgent: 'Phone/1' },
  ]);
  expect(page.browser).toBe('manual');
  expect(page.measure()).toBeUndefined();
  expect(await page.death()).toBeUndefined();
  expect(page).not.toHaveProperty('kind');
});

test("ManualHost keeps the person's page for the next call, reset", async () => {
  await using it = await openHost();
  const first = await it.openPage();
  await first.close();
  const second = await it.openPage();
  expect(second.channel).toBe(first.channel);
  expect(it.visitors[0]!.commands).toEqual(['reset']);
  expect(it.events.filter(({ type }) => type === 'manual-peer')).toHaveLength(1);
});

test('ManualHost.openPage() waits for somebody else if another call has the page', async () => {
  await using it = await openHost();
  const [first, second] = await Promise.all([it.openPage(), it.openPage()]);
  expect(second.channel).not.toBe(first.channel);
  await second.close();
  const third = await it.openPage();
  expect(third.channel).toBe(second.channel);
  expect(it.events.filter(({ type }) => type === 'manual-peer')).toHaveLength(2);
});

test('ManualHost.openPage() waits for a new visitor if the page was closed', async () => {
  await using it = await openHost();
  const first = await it.openPage();
  it.visitors[0]!.die();
  await first.channel.gone;
  await first.close();
  const second = await it.openPage();
  expect(second.channel).not.toBe(first.channel);
  const urls = it.events.flatMap((event) => (event.type === 'manual-peer' ? event.url : []));
  expect(new Set(urls).size).toBe(2);
  await expect(openFakeAgent(urls[0]!)).rejects.toThrow('404');
});

test('ManualHost.openPage() rejects with what to do if nobody comes', async () => {
  await using it = await openHost({ timeoutMs: 50 });
  await expect(it.openPage()).rejects.toMatchObject({
    name: 'PeerError',
    message: 'nobody joined as callee within 50 ms',
    code: 'MANUAL_PEER_ABSENT',
    hint: expect.stringMatching(/^open http:.* press "Join the call"$/) as string,
    details: { phase: 'agent', role: 'callee' },
  });
});

test('ManualHost.openPage() says what is wrong if somebody came with another page', async () => {
  await using it = await openHost({ person: { hello: { protocol: 999 } } });
  await expect(it.openPage()).rejects.toMatchObject({ code: 'PEER_PROTOCOL', details: { role: 'callee' } });
});

test('ManualHost.openPage() rejects with the reason of the abort', async () => {
  await using it = await openHost({});
  const stop = new AbortController();
  const shown = it.shown();
  const page = it.openPage(stop.signal);
  await shown;
  const reason = new Error('SIGINT');
  stop.abort(reason);
  await expect(page).rejects.toBe(reason);
});

test.for([
  ['127.0.0.1', /^http:\/\/127\.0\.0\.1:/],
  ['192.0.2.7', /^http:\/\/192\.0\.2\.7:/],
  ['fd99::1', /^http:\/\/\[fd99::1\]:/],
  ['0.0.0.0', /^http:\/\/(?!0\.0\.0\.0)\d+\.\d+\.\d+\.\d+:/],
  ['::', /^http:\/\/\d+\.\d+\.\d+\.\d+:/],
] as const)(
  'ManualHost shows an address that another device can open if it listens on %s',
  async ([listen, url]) => {
    await using server = await ControlServer.open({ host: '127.0.0.1' });
    const stop = new AbortController();
    let shown = '';
    const host = new ManualHost({
      server,
      listen,
      timeoutMs: 20_000,
      emit: (event) => {
        if (event.type === 'manual-peer') shown = event.url;
        stop.abort(new Error('seen'));
      },
    });
    const request = { role: 'callee', browser: 'manual', onConsole: () => {}, signal: stop.signal };
    await expect(host.openPage(request)).rejects.toThrow('seen');
    expect(shown).toMatch(url);
    expect(shown).toMatch(new RegExp(`:${server.port}/peer/`));
  },
);

test('ManualHost shows the public URL if there is one', async () => {
  await using server = await ControlServer.open({ host: '127.0.0.1' });
  const stop = new AbortController();
  let shown = '';
  const host = new ManualHost({
    server,
    listen: '127.0.0.1',
    publicUrl: 'https://ci.example.org:8443',
    timeoutMs: 20_000,
    emit: (event) => {
      if (event.type === 'manual-peer') shown = event.url;
      stop.abort(new Error('seen'));
    },
  });
  const request = { role: 'callee', browser: 'manual', onConsole: () => {}, signal: stop.signal };
  await expect(host.openPage(request)).rejects.toThrow('seen');
  expect(shown).toMatch(/^https:\/\/ci\.example\.org:8443\/peer\//);
});
