import { expect, test } from 'vitest';
import { renderProblem, type Problem } from '../../harness/errors.ts';
import { parseLink } from '../../harness/topology/parse.ts';
import { LINKS } from '../../harness/topology/presets.ts';

function parse(spec: unknown) {
  const problems: Problem[] = [];
  const link = parseLink(spec, 'link', problems);
  return { link, problems: problems.map(renderProblem) };
}

test.for(Object.keys(LINKS))('parseLink() knows %s', (name) => {
  const { link, problems } = parse(name);
  expect(problems).toEqual([]);
  for (const direction of [link.uplink, link.downlink]) {
    expect(direction.rateBps).toBeGreaterThan(0);
    expect(direction.delayMs).toBeGreaterThan(0);
  }
});

test('parseLink() turns texts with units into numbers', () => {
  const uplink = {
    rate: '800kbps',
    delay: '0.1s',
    jitter: '5ms',
    loss: '2.5%',
    lossBurst: 3,
    duplicate: '1%',
    reorder: '100%',
    outage: true,
  };
  expect(parse({ uplink })).toEqual({
    problems: [],
    link: {
      uplink: {
        rateBps: 800_000,
        delayMs: 100,
        jitterMs: 5,
        lossRatio: 0.025,
        lossBurst: 3,
        duplicateRatio: 0.01,
        reorderRatio: 1,
        outage: true,
      },
      downlink: {},
    },
  });
});

test('parseLink() leaves out what impairs nothing', () => {
  const downlink = { delay: '0ms', loss: '0%', lossBurst: 4, reorder: '0%', outage: false };
  expect(parse({ downlink })).toEqual({ problems: [], link: { uplink: {}, downlink: {} } });
  expect(parse({ downlink: { loss: '5%', lossBurst: 1 } }).link.downlink).toEqual({ lossRatio: 0.05 });
});

test.for([
  [{ rate: '0bps' }, 'link.uplink.rate: expected a data rate above 0, got "0bps"'],
  [{ rate: '100' }, 'link.uplink.rate: expected a data rate like "2Mbps", above 0, got "100" — add a unit'],
  [{ rate: '2mbps' }, 'link.uplink.rate'],
  [{ delay: 50 }, 'link.uplink.delay: expected a duration like "50ms", 0 or more, got 50 — add a unit'],
  [{ delay: '-5ms' }, 'link.uplink.delay: expected a duration like "50ms", 0 or more, got "-5ms"'],
  [{ loss: '101%' }, 'link.uplink.loss: expected a share like "2%", from 0% to 100%, got "101%"'],
  [{ loss: 0.02 }, 'add a percent sign'],
  [{ duplicate: '120%' }, 'link.uplink.duplicate'],
  [{ delay: '5ms', reorder: '1000%' }, 'link.uplink.reorder'],
  [{ loss: '2%', lossBurst: 0.5 }, 'a mean number of packets, 1 or more'],
  [{ lossBurst: 3 }, 'add loss'],
  [{ jitter: '5ms' }, 'a delay for the jitter to vary'],
  [{ jitter: '5ms', delay: '0ms' }, 'a delay for the jitter to vary'],
  [{ jitter: '50ms', delay: '20ms' }, 'at most the delay'],
  [{ reorder: '5%' }, 'link.uplink.reorder: expected a delay that some packets are spared'],
  [{ outage: 'yes' }, 'true or false'],
  [{ lost: '2%' }, 'did you mean loss?'],
  ['2Mbps', 'an object like'],
] as const)('parseLink() refuses the uplink %j', ([uplink, part]) => {
  const { problems } = parse({ uplink });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(part);
});

test('parseLink() tells of both directions, and once of a delay that is wrong', () => {
  const { problems } = parse({ uplink: { delay: '50', jitter: '5ms' }, downlink: { rate: '0kbps' }, up: 1 });
  expect(problems.map((problem) => problem.split(':')[0])).toEqual([
    'link.up',
    'link.uplink.delay',
    'link.downlink.rate',
  ]);
});
