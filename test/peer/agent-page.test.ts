import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { agentScript, renderAgentPage } from '../../harness/peer/agent-page.ts';

const HOSTILE = `</title><script>alert("1")</script>&amp;'`;
const PLAIN = { script: 'run()', control: '/control/abc', manual: false, role: 'caller' };

/** Elements a parser would open, by name. */
const tags = (html: string, name: string) => html.match(new RegExp(`<${name}[\\s>]`, 'gi'))?.length ?? 0;

test('renderAgentPage() shows nothing and asks for nothing if the page is a browser of ours', () => {
  const page = renderAgentPage(PLAIN);
  expect(page).toContain('<title>Callrig caller</title>');
  expect(page).toContain('{"control":"/control/abc","manual":false}');
  expect(page).not.toMatch(/<button|<h1|<style/);
});

test('renderAgentPage() says whose part it is and has a button if a person opens it', () => {
  const page = renderAgentPage({ ...PLAIN, manual: true });
  expect(page).toContain('<p id="status">This browser will be the caller of a test call.</p>');
  expect(page).toContain('<button id="join">Join the call</button>');
});

test.for([true, false])('renderAgentPage() escapes a role that is markup (manual: %s)', (manual) => {
  const page = renderAgentPage({ ...PLAIN, manual, role: HOSTILE });
  const usual = renderAgentPage({ ...PLAIN, manual });
  expect(tags(page, 'script')).toBe(tags(usual, 'script'));
  expect(tags(page, '/title')).toBe(1);
  expect(page).toContain('&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;');
});

test('renderAgentPage() escapes a token that is markup, and the page still reads it', () => {
  const control = `/control/${HOSTILE}<!--`;
  const page = renderAgentPage({ ...PLAIN, control });
  expect(tags(page, 'script')).toBe(tags(renderAgentPage(PLAIN), 'script'));
  const config = /id="config">(?<json>[^<]*)<\/script>/.exec(page)?.groups?.['json'] ?? '';
  expect(JSON.parse(config)).toEqual({ control, manual: false });
});

test('renderAgentPage() does not end its script early if the script speaks of one, and keeps its meaning', () => {
  const page = renderAgentPage({ ...PLAIN, script: `text = '</script>$&$1'` });
  expect(tags(page, '/script')).toBe(2);
  const script = /<script>(?<code>.*)<\/script>/.exec(page)?.groups?.['code'] ?? '';
  expect(runInNewContext(`${script}; text`, { text: '' })).toBe('</script>$&$1');
});

test('agentScript() is one script for a page, bundled once', async () => {
  const script = await agentScript();
  expect(script).toContain('RTCPeerConnection');
  expect(script).not.toMatch(/^\s*(import|export)\s/m);
  expect(agentScript()).toBe(agentScript());
});
