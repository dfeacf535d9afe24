import { expect, test } from 'vitest';
import { renderProblem, type Problem } from '../../harness/errors.ts';
import { parseIce } from '../../harness/topology/parse.ts';

function parse(spec: unknown) {
  const problems: Problem[] = [];
  const plan = parseIce(spec, 'ice', problems);
  return { plan, problems: problems.map(renderProblem) };
}

test('parseIce() gives no server if nothing is said', () => {
  const plan = { servers: [], policy: 'all', credentials: 'valid' };
  expect(parse(undefined)).toEqual({ plan, problems: [] });
  expect(parse({})).toEqual({ plan, problems: [] });
});

test('parseIce() takes servers, policy and credentials', () => {
  const spec = { servers: ['stun', 'turn-tls'], policy: 'relay', credentials: 'expired' };
  expect(parse(spec)).toEqual({ plan: spec, problems: [] });
});

test.for([
  [{ servers: ['turn-tsl'] }, ['ice.servers[0]: expected one of stun, turn-udp, turn-tcp, turn-tls']],
  [{ servers: ['stun', 'stun'] }, ['ice.servers[1]: expected each server once']],
  [{ servers: 'stun' }, ['ice.servers: expected a list']],
  [{ policy: 'relay', servers: ['stun'] }, ['ice.policy: expected a TURN server to relay']],
  [{ credentials: 'wrong' }, ['ice.credentials: expected a TURN server']],
  [{ policy: 'rely', credentials: 'old', server: [] }, ['ice.server: ', 'ice.policy: ', 'ice.credentials: ']],
  ['stun', ['ice: expected an object']],
] as const)('parseIce() refuses %j', ([spec, parts]) => {
  const { problems } = parse(spec);
  for (const [index, part] of parts.entries()) expect(problems[index]).toContain(part);
});
