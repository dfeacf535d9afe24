import { expect, test } from 'vitest';
import { expectedRoute } from '../../harness/topology/nat-traversal.ts';
import type { NatName } from '../../harness/topology/spec.ts';

const NAMES: NatName[] = ['none', 'full-cone', 'restricted', 'port-restricted', 'symmetric'];

test('expectedRoute() is relay only between a symmetric NAT and one that filters by port', () => {
  const relayed = NAMES.flatMap((one) =>
    NAMES.filter((other) => expectedRoute(one, other) === 'relay').map((other) => [one, other]),
  );
  expect(relayed).toEqual([
    ['port-restricted', 'symmetric'],
    ['symmetric', 'port-restricted'],
    ['symmetric', 'symmetric'],
  ]);
});
