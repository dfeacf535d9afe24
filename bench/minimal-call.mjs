// The yardstick of `npm run bench`: what somebody would write by hand with puppeteer to see one call between Chrome and
// Firefox connect. No checks, no stats, no signaling server. Prints the epoch ms at which both sides were connected.
import { createServer } from 'node:http';
import puppeteer from 'puppeteer';

const [chromePath, firefoxPath] = process.argv.slice(2);
const server = createServer((request, response) => {
  response.setHeader('content-type', 'text/html');
  response.end('<!doctype html><title>call</title>');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/`;

const [chrome, firefox] = await Promise.all([
  puppeteer.launch({
    executablePath: chromePath,
    args: [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--disable-features=WebRtcHideLocalIpsWithMdns',
      '--disable-background-networking',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  }),
  puppeteer.launch({
    browser: 'firefox',
    executablePath: firefoxPath,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.peerconnection.ice.loopback': true,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
    },
  }),
]);

const pages = await Promise.all([chrome, firefox].map((browser) => browser.newPage()));
const connected = [];
for (const [index, page] of pages.entries()) {
  const other = pages[1 - index];
  await page.exposeFunction('send', (message) => other.evaluate((text) => globalThis.receive(text), message));
  connected.push(new Promise((resolve) => void page.exposeFunction('connected', resolve)));
}
await Promise.all(
  pages.map(async (page) => {
    await page.goto(url);
    await page.evaluate(async () => {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: true,
        video: { width: 640, height: 360 },
      });
      const pc = new RTCPeerConnection();
      const early = [];
      for (const track of stream.getTracks()) pc.addTrack(track, stream);
      pc.onicecandidate = ({ candidate }) => candidate && globalThis.send(JSON.stringify({ candidate }));
      pc.onconnectionstatechange = () => pc.connectionState === 'connected' && globalThis.connected();
      globalThis.receive = async (text) => {
        const { description, candidate } = JSON.parse(text);
        if (candidate)
          return pc.remoteDescription ? pc.addIceCandidate(candidate) : void early.push(candidate);
        await pc.setRemoteDescription(description);
        for (const known of early.splice(0)) await pc.addIceCandidate(known);
        if (description.type === 'answer') return;
        await pc.setLocalDescription();
        void globalThis.send(JSON.stringify({ description: pc.localDescription }));
      };
      globalThis.offer = async () => {
        await pc.setLocalDescription();
        void globalThis.send(JSON.stringify({ description: pc.localDescription }));
      };
    });
  }),
);
await pages[0].evaluate(() => globalThis.offer());
await Promise.all(connected);
console.log(performance.timeOrigin + performance.now());
await Promise.all([chrome.close(), firefox.close()]);
server.close();
