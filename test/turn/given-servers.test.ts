import { describe, expect, test } from 'vitest';
import { renderProblem, type Problem } from '../../harness/errors.ts';
import { parseIceServers, type GivenIceServers } from '../../harness/turn/given-servers.ts';

function parse(turn: string | string[], given: Partial<GivenIceServers> = {}) {
  const problems: Problem[] = [];
  const servers = parseIceServers({ turn: [turn].flat(), env: {}, ...given }, problems);
  return { servers, problems, said: problems.map(renderProblem) };
}

describe('parseIceServers()', () => {
  test.for([
    ['stun:stun.example.org', 'stun', 'stun:stun.example.org'],
    ['turn:a:b@turn.example.org', 'turn-udp', 'turn:turn.example.org'],
    ['turn:a:b@10.0.0.1:3478?transport=udp', 'turn-udp', 'turn:10.0.0.1:3478?transport=udp'],
    ['turn:a:b@[2001:db8::1]:3478?transport=tcp', 'turn-tcp', 'turn:[2001:db8::1]:3478?transport=tcp'],
    ['turns:a:b@turn.example.org:443?transport=tcp', 'turn-tls', 'turns:turn.example.org:443?transport=tcp'],
    ['TURNS:a:b@turn.example.org', 'turn-tls', 'turns:turn.example.org'],
  ])('takes %s for %s', ([text, kind, url]) => {
    const { servers, problems } = parse(text!);
    expect(problems).toEqual([]);
    const credentials = kind === 'stun' ? {} : { username: 'a', credential: 'b' };
    expect(servers).toEqual([{ url, kind, ...credentials }]);
  });

  test('decodes what is percent-encoded in credentials, and needs not encode : and @ in passwords', () => {
    expect(parse('turn:1700000000%3Ame:p%25@ss:w@host').servers).toEqual([
      { url: 'turn:host', kind: 'turn-udp', username: '1700000000:me', credential: 'p%@ss:w' },
    ]);
  });

  test.for([
    ['http://host', 'leave // out'],
    ['turn://u:p@host', 'leave // out'],
    ['host:3478', 'expected stun:, turn: or turns:'],
    ['stuns:host', 'browsers have no STUN over TLS'],
    ['turn', 'expected a URL like turn:'],
    ['turn:', 'expected a host name'],
    ['turn:u:p@', 'expected a host name'],
    ['turn:u:p@10.0.0.999', 'expected a host name'],
    ['turn:u:p@[::g]', 'expected a host name'],
    ['turn:u:p@2001:db8::1', 'expected a port'],
    ['turn:u:p@host:0', 'expected a port from 1 to 65535'],
    ['turn:u:p@host:65536', 'expected a port from 1 to 65535'],
    ['turn:u:p@host:', 'expected a port from 1 to 65535'],
    ['turn:u:p@host?transport=tls', 'expected ?transport=udp or ?transport=tcp'],
    ['turns:u:p@host?transport=udp', 'browsers have no TURN over DTLS'],
    ['turn:u:p%@host', 'write % as %25'],
    ['stun:host?transport=udp', 'leave out what follows the ?'],
    ['stun:u:p@host', 'without credentials'],
  ])('refuses %s: %s', ([text, why]) => {
    const { servers, said } = parse(text!, { user: 'u', password: 'p' });
    expect(servers).toEqual([]);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(why);
  });

  test('says every problem at once, and no password', () => {
    const { said } = parse(['turn:me:hunter2@host:0', 'turn:other', 'tunr:me:hunter2@host']);
    expect(said).toHaveLength(3);
    expect(said.map((line) => line.split(':')[0])).toEqual(['--turn[0]', '--turn[1]', '--turn[2]']);
    expect(said.join()).not.toContain('hunter2');
  });

  test('refuses a TURN server without credentials, and takes a STUN server', () => {
    expect(parse(['turn:host', 'stun:host'])).toMatchObject({
      servers: [{ url: 'stun:host' }],
      problems: [{ path: '--turn[0]', expected: 'credentials for turn:host', got: 'none' }],
    });
    expect(parse('turn:me@host').problems).toMatchObject([{ got: 'a user without a password' }]);
  });

  const ENV = { CALLRIG_TURN_USER: 'env-user', CALLRIG_TURN_PASSWORD: 'env-password' };

  test.for<[given: Partial<GivenIceServers>, credentials: object]>([
    [
      { user: 'u', password: 'p' },
      { username: 'u', credential: 'p' },
    ],
    [{ env: ENV }, { username: 'env-user', credential: 'env-password' }],
    [
      { user: 'u', env: ENV },
      { username: 'u', credential: 'env-password' },
    ],
    [{ secret: 's' }, { secret: 's' }],
    [{ env: { CALLRIG_TURN_SECRET: 's', CALLRIG_TURN_USER: '' } }, { secret: 's' }],
    [{ secret: 's', env: ENV }, { secret: 's' }],
    [
      { user: 'u', password: 'p', env: { CALLRIG_TURN_SECRET: 's' } },
      { username: 'u', credential: 'p' },
    ],
  ])('gives servers without credentials those of %o', ([given, credentials]) => {
    expect(parse(['turn:host', 'turn:a:b@host'], given)).toMatchObject({
      servers: [
        { url: 'turn:host', ...credentials },
        { username: 'a', credential: 'b' },
      ],
      problems: [],
    });
  });

  test.for<[given: Partial<GivenIceServers>, path: string]>([
    [{ user: 'u', password: 'p', secret: 's' }, '--turn-secret'],
    [{ env: { ...ENV, CALLRIG_TURN_SECRET: 's' } }, '--turn-secret'],
    [{ password: 'p' }, '--turn-user'],
  ])('refuses credentials that contradict each other: %o', ([given, path]) => {
    expect(parse('turn:host', given)).toMatchObject({ servers: [], problems: [{ path }] });
  });

  test('asks for no credentials if there is no server', () => {
    expect(parse([], { password: 'p' })).toMatchObject({ servers: [], problems: [] });
  });
});
