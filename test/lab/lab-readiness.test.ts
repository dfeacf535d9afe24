import { expect, test } from 'vitest';
import { labReadiness } from '../../harness/network/lab-readiness.ts';
import { noLab } from '../helpers/lab.ts';

// Tests of the lab are skipped where it does not open: a lab that is broken must not look like one that cannot be.
const { ready } = labReadiness(process.env);

test.runIf(ready)('labReadiness() promises no lab that does not open', () => {
  expect(noLab).toBeUndefined();
});

test.skipIf(ready)('labReadiness() says so if no lab opens', () => {
  expect(noLab).toBeDefined();
});
