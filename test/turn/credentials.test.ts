import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { labelOf, makeCredentials, parseLabel, parseUsername } from '../../harness/turn/credentials.ts';

const OPTIONS = {
  secret: 's',
  label: '001-chrome-firefox.caller',
  ttlSeconds: 600,
  nowMs: 1_700_000_000_500,
};

test('makeCredentials() makes those of the TURN REST API', () => {
  const username = '1700000600:001-chrome-firefox.caller';
  expect(makeCredentials(OPTIONS)).toEqual({
    username,
    credential: createHmac('sha1', 's').update(username).digest('base64'),
  });
});

test('makeCredentials() makes wrong ones with another secret', () => {
  const right = makeCredentials(OPTIONS);
  const wrong = makeCredentials({ ...OPTIONS, kind: 'wrong' });
  expect(wrong.username).toBe(right.username);
  expect(wrong.credential).not.toBe(right.credential);
});

test('makeCredentials() makes expired ones that ended before now', () => {
  const { username, credential } = makeCredentials({ ...OPTIONS, kind: 'expired' });
  expect(parseUsername(username).expiry).toBeLessThan(1_700_000_000);
  expect(credential).toBe(createHmac('sha1', 's').update(username).digest('base64'));
});

test.for(['001-chrome-firefox.caller', 'two words', `it's "ü" <=20>:@/\\`, 'a.tcp.b', '=', ''])(
  'parseUsername() gives back the label %j, of characters that coturn accepts',
  (label) => {
    for (const transport of ['udp', 'tcp', 'tls', undefined] as const) {
      const { username } = makeCredentials({ ...OPTIONS, label, transport });
      expect(username).toMatch(/^\d+:[\w.=-]*$/);
      expect(parseUsername(username)).toEqual({
        expiry: 1_700_000_600,
        label,
        ...(transport && { transport }),
      });
    }
  },
);

test("parseUsername() takes somebody else's username for a label", () => {
  expect(parseUsername('alice')).toEqual({ label: 'alice' });
  expect(parseUsername('')).toEqual({ label: '' });
});

test('parseLabel() gives call and role, and neither if there is no role', () => {
  expect(parseLabel(labelOf({ call: '001-a.b', role: 'caller' }))).toEqual({
    call: '001-a.b',
    role: 'caller',
  });
  expect(parseLabel('somebody')).toEqual({});
});
