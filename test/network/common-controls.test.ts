import { describe, expect, test } from 'vitest';
import type { TurnRefusal } from '../../harness/call-record.ts';
import { awaitRefusals } from '../../harness/network/common-controls.ts';

const client = { call: '001', role: 'caller' };
const refusal: TurnRefusal = { t: 0, code: 401, reason: 'wrong credentials', role: 'caller' };

describe('awaitRefusals()', () => {
  test('waits for what the log of the server tells late', async () => {
    const told: TurnRefusal[] = [];
    const asked = awaitRefusals({ isOurs: true, refusals: () => told }, client);
    setTimeout(() => told.push(refusal), 200);
    expect(await asked).toEqual([refusal]);
  });

  test('is empty in the end when nothing was refused', async () => {
    expect(await awaitRefusals({ isOurs: true, refusals: () => [] }, client)).toEqual([]);
  });

  test('knows nothing of servers that are not ours, and asks nobody', async () => {
    const refusals = () => expect.unreachable();
    expect(await awaitRefusals({ isOurs: false, refusals }, client)).toBeUndefined();
  });
});
