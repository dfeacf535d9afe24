import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { temporaryHome } from '../../../harness/lifecycle/leftovers.mjs';
import { askBrowser } from '../../../harness/setup/doctor/browsers.ts';
import { CapabilityServer } from '../../../harness/setup/doctor/capability-server.ts';
import { tryLab } from '../../../harness/setup/doctor/lab.ts';
import { inspectMachine } from '../../../harness/setup/doctor/machine.ts';
import { findTools } from '../../../harness/setup/doctor/tools.ts';
import { findBrowsers } from '../../../harness/setup/find-browsers.mjs';
import { FakeMachine } from '../fake-machine.ts';

describe('askBrowser()', () => {
  const { found } = findBrowsers();

  test.for(found)('hears from $name that it can call, and with which codecs', async (browser) => {
    const finding = await askBrowser(browser);
    expect(finding.failure).toBeUndefined();
    expect(finding).toMatchObject({
      canCall: true,
      version: expect.stringMatching(/^\d+\.\d+/),
      capabilities: { secureContext: true, peerConnection: true, getUserMedia: true, connected: true },
    });
    // RFC 7742 §5 and RFC 7874 §3: every WebRTC browser must have these.
    expect(finding.capabilities?.video?.map(({ mimeType }) => mimeType)).toContain('video/VP8');
    expect(finding.capabilities?.audio?.map(({ mimeType }) => mimeType)).toContain('audio/opus');
  });

  test('gives the reason if the browser ends at once', async () => {
    using machine = new FakeMachine();
    const executablePath = machine.command('chromium', 'echo "cannot open shared object file" >&2; exit 127');
    const finding = await askBrowser({ name: 'chrome', kind: 'chromium', executablePath, source: 'PATH' });
    expect(finding).toMatchObject({ name: 'chrome', canCall: false });
    expect(finding.failure).toContain('cannot open shared object file');
    expect(finding.version).toBeUndefined();
    expect(readdirSync(temporaryHome()).filter((entry) => entry.includes(`${process.pid}`))).toEqual([]);
  });
});

describe('CapabilityServer', () => {
  test('takes a result only at the address that its page knows', async () => {
    await using server = await CapabilityServer.open();
    const post = (url: string) => fetch(url, { method: 'POST', body: '{"connected":true}' });
    expect((await post(new URL('/result', server.url).href)).status).toBe(404);
    expect((await post(new URL('result', server.url).href)).status).toBe(204);
    await expect(server.result).resolves.toEqual({ connected: true });
  });
});

describe('tryLab()', () => {
  test('says why if namespaces cannot be tried', () => {
    expect(tryLab({ PATH: '/nowhere' })).toMatchObject({
      namespaces: undefined,
      failure: expect.any(String),
    });
  });

  test.runIf(process.platform === 'linux')('leaves no interface of its own behind', () => {
    tryLab(process.env);
    expect(readdirSync('/sys/class/net').filter((name) => name.startsWith('callrig'))).toEqual([]);
  });
});

test('inspectMachine() gives figures that a machine can have', () => {
  const { cores, memoryBytes, openFiles } = inspectMachine();
  expect(cores).toBeGreaterThan(0);
  expect(memoryBytes).toBeGreaterThan(2 ** 28);
  if (process.platform === 'linux') expect(openFiles).toBeGreaterThan(0);
});

test("findTools() reads a tool's version and leaves it out if the tool is missing", async () => {
  using machine = new FakeMachine();
  const path = machine.command('wirefilter', 'echo "VDE 2.3.3 wirefilter"');
  const tools = await findTools(machine.env);
  expect(tools).toContainEqual({ name: 'wirefilter', path, version: '2.3.3', linuxOnly: true });
});
