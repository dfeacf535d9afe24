import { expect, test } from 'vitest';
import type { PeerMarks } from '../../../harness/call-record.ts';
import { meshTable } from '../../../reports/html/mesh.ts';
import { recordedCall } from '../../fixtures/recorded.ts';
import { aPeerRecord } from '../../fleet/peer-record.ts';

const connection = (marks: PeerMarks) => ({ marks, evidence: aPeerRecord('').evidence });

test('meshTable() shows every connection as each end saw it, and what never connected', () => {
  const { record } = recordedCall();
  const [one, two, three] = ['one', 'two', 'three'].map((role) => aPeerRecord(role));
  one!.connections = {
    two: connection({ start: 10, connected: 130 }),
    three: connection({ start: 10, connected: 350 }),
  };
  two!.connections = { one: connection({ start: 10, connected: 140 }), three: connection({ start: 10 }) };
  const room = { ...record, peers: { one: one!, two: two!, three: three! } };
  const shown = meshTable(room, ['one', 'two', 'three'])!.text;
  for (const ms of ['120 ms', '340 ms', '130 ms', 'never connected']) expect(shown).toContain(ms);
});

test('meshTable() is undefined if every peer had but one connection', () => {
  expect(meshTable(recordedCall().record, ['caller', 'callee'])).toBeUndefined();
});
