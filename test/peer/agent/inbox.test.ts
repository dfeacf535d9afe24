import { expect, test } from 'vitest';
import { Inbox, newDescriptionId } from '../../../harness/peer/agent/inbox.ts';

const described = (from: string, id?: string) => ({
  kind: 'description' as const,
  room: 'r',
  from,
  payload: { type: 'offer' as const, sdp: 'v=0', ...(id !== undefined && { id }) },
});

test('Inbox.isRepeated() knows a description that came before from the same peer', () => {
  const inbox = new Inbox();
  expect(inbox.isRepeated(described('a', '1'))).toBe(false);
  expect(inbox.isRepeated(described('a', '1'))).toBe(true);
  expect(inbox.isRepeated(described('a', '2'))).toBe(false);
  expect(inbox.isRepeated(described('b', '1'))).toBe(false);
});

test('Inbox.isRepeated() takes what has no name for new', () => {
  const inbox = new Inbox();
  expect([inbox.isRepeated(described('a')), inbox.isRepeated(described('a'))]).toEqual([false, false]);
});

test('Inbox.take() gives back what was kept, in order and once', () => {
  const inbox = new Inbox();
  inbox.keep('a', { candidate: '1' });
  inbox.keep('b', { candidate: '2' });
  inbox.keep('a', null);
  expect(inbox.take('a')).toEqual([{ candidate: '1' }, null]);
  expect(inbox.take('a')).toEqual([]);
  expect(inbox.take('b')).toEqual([{ candidate: '2' }]);
});

test('newDescriptionId() is another one each time', () => {
  expect(new Set(Array.from({ length: 100 }, newDescriptionId)).size).toBe(100);
});
