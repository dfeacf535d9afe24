import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseCoturnLine } from '../../harness/turn/coturn-log.ts';
import { TurnLedger } from '../../harness/turn/turn-ledger.ts';

const RECORDED = new URL('../fixtures/turn/coturn-4.6.1/', import.meta.url);
/** When the logs were recorded: their credentials ended ten minutes later, the expired ones a minute before. */
const RECORDED_MS = 1_795_350_715_000;

const SESSION = '1: : session 000000000000000001: ';
const WHOSE = 'realm <callrig.test> user <1795350629:001-call.caller.udp>';

describe('parseCoturnLine()', () => {
  test.for([
    [
      `${SESSION}new, realm=<callrig.test>, username=<1795350629:001-call.caller.udp>, lifetime=600`,
      { type: 'allocated', username: '1795350629:001-call.caller.udp', isTls: false },
    ],
    [
      `${SESSION}new, realm=<callrig.test>, username=<u>, lifetime=600, cipher=ECDHE-RSA-AES256-GCM-SHA384, method=TLSv1.2`,
      { type: 'allocated', username: 'u', isTls: true },
    ],
    [`${SESSION}refreshed, realm=<callrig.test>, username=<u>, lifetime=0`, { type: 'released' }],
    [
      `${SESSION}refreshed, realm=<callrig.test>, username=<u>, lifetime=0, cipher=X, method=TLSv1.2`,
      { type: 'released' },
    ],
    [`${SESSION}refreshed, realm=<callrig.test>, username=<u>, lifetime=777`, undefined],
    [
      `${SESSION}${WHOSE}: incoming packet ALLOCATE processed, error 486: Allocation Quota Reached`,
      { type: 'refused', code: 486, reason: 'Allocation Quota Reached' },
    ],
    [
      `${SESSION}${WHOSE}: incoming packet CREATE_PERMISSION processed, error 403: Forbidden IP`,
      { type: 'refused', code: 403, reason: 'Forbidden IP' },
    ],
    [
      `${SESSION}realm <callrig.test> user <>: incoming packet message processed, error 401: Unauthorized`,
      undefined,
    ],
    [`${SESSION}${WHOSE}: incoming packet REFRESH processed, error 438: Wrong nonce`, undefined],
    [`${SESSION}${WHOSE}: incoming packet ALLOCATE processed, success`, undefined],
    [
      `${SESSION}usage: realm=<callrig.test>, username=<u>, rp=3, rb=260, sp=3, sb=204`,
      { type: 'usage', receivedBytes: 260, sentBytes: 204 },
    ],
    [`${SESSION}peer usage: realm=<callrig.test>, username=<u>, rp=9, rb=999, sp=9, sb=999`, undefined],
    [
      `${SESSION}closed (2nd stage), user <u> realm <callrig.test> origin <>, local 127.0.0.1:1, remote 192.0.2.2:43623, reason: allocation timeout`,
      { type: 'closed', client: '192.0.2.2:43623', reason: 'allocation timeout' },
    ],
  ] as const)('reads %s', ([line, event]) => {
    const parsed = parseCoturnLine(line);
    if (event === undefined) expect(parsed).toBeUndefined();
    else expect(parsed).toMatchObject({ session: '000000000000000001', ...event });
  });

  test('reads that a port is taken', () => {
    expect(parseCoturnLine('0: : Trying to bind fd 12 to <127.0.0.1:34780>: errno=98')).toEqual({
      type: 'port-taken',
      address: '127.0.0.1:34780',
    });
  });

  test.for(['', '0: : ', '0: : Total General servers: 2', 'session', 'bind: Address already in use'])(
    'takes nothing from %j',
    (line) => {
      expect(parseCoturnLine(line)).toBeUndefined();
    },
  );
});

describe.for(readdirSync(RECORDED).map((name) => [name]))('TurnLedger with the log of %s', ([name = '']) => {
  const ledger = new TurnLedger({ now: () => RECORDED_MS });
  for (const line of readFileSync(new URL(name, RECORDED), 'utf8').split('\n')) ledger.read(line);

  test.for(['caller', 'callee'])(
    'knows what was allocated for the %s, over what, and how much it was',
    (role) => {
      const allocations = ledger.allocationsOf(`001-call.${role}`);
      expect(new Set(allocations.map(({ transport }) => transport))).toEqual(new Set(['udp', 'tcp', 'tls']));
      for (const allocation of allocations) {
        expect(allocation).toMatchObject({ role, client: expect.stringMatching(/^[\d.]+:\d+$/) as string });
        expect(allocation.ended?.reason).toBeTruthy();
        expect(allocation.receivedBytes).toBeGreaterThan(0);
      }
      // Each carried a message of 1000 bytes one way.
      const most = Math.max(...allocations.map(({ sentBytes = 0 }) => sentBytes));
      expect(most).toBeGreaterThan(1000);
    },
  );

  test.for(['caller', 'callee'])('knows what was refused to the %s, once and with the reason', (role) => {
    expect(ledger.refusalsOf(`001-call.${role}`)).toEqual([
      { t: RECORDED_MS, code: 401, reason: 'wrong credentials', role },
      { t: RECORDED_MS, code: 401, reason: 'the credentials have expired', role },
    ]);
  });

  test('knows nothing of others', () => {
    expect(ledger.allocationsOf('002-call.caller')).toEqual([]);
    expect(ledger.refusalsOf('001-call')).toEqual([]);
  });
});

describe('TurnLedger', () => {
  const allocate = (session: string, username = '9:call.caller.udp') =>
    `1: : session ${session}: new, realm=<r>, username=<${username}>, lifetime=600`;

  test('adds up what lines tell of since the last one', () => {
    const ledger = new TurnLedger({ now: () => 1 });
    ledger.read(allocate('001'));
    for (const bytes of [100, 20])
      ledger.read(
        `1: : session 001: usage: realm=<r>, username=<u>, rp=1, rb=${bytes}, sp=1, sb=${bytes + 1}`,
      );
    expect(ledger.allocationsOf('call.caller')).toMatchObject([{ receivedBytes: 120, sentBytes: 122 }]);
  });

  test('leaves what nobody told absent', () => {
    const ledger = new TurnLedger({ now: () => 1 });
    ledger.read(allocate('001'));
    expect(ledger.allocationsOf('call.caller')).toEqual([{ t: 1, role: 'caller', transport: 'udp' }]);
  });

  test('ends all that is open with the server, whose successor counts sessions anew', () => {
    let now = 1;
    const ledger = new TurnLedger({ now: () => now });
    ledger.read(allocate('001'));
    now = 2;
    ledger.endAll('the server died');
    ledger.read(allocate('001'));
    expect(ledger.allocationsOf('call.caller')).toEqual([
      { t: 1, role: 'caller', transport: 'udp', ended: { t: 2, reason: 'the server died' } },
      { t: 2, role: 'caller', transport: 'udp' },
    ]);
  });

  test('believes the server if it says TLS and the username does not, or the other way round', () => {
    const ledger = new TurnLedger({ now: () => 1 });
    ledger.read(`${allocate('001')}, cipher=X, method=TLSv1.3`);
    ledger.read(allocate('002', '9:call.caller.tls'));
    expect(ledger.allocationsOf('call.caller').map(({ transport }) => transport)).toEqual(['tls', 'tcp']);
  });

  test('tells of credentials that say no transport, which is known for TCP in the end', () => {
    const told: unknown[] = [];
    const ledger = new TurnLedger({
      now: () => 1,
      listeners: {
        onAllocation: ({ label, transport }) => told.push([label, transport]),
        onEnd: ({ label, transport, client }) => told.push([label, transport, client]),
      },
    });
    ledger.read(allocate('001', '9:somebody'));
    ledger.read(
      '1: : session 001: closed (2nd stage), user <u> realm <r> origin <>, local 127.0.0.1:1, remote 127.0.0.1:2, reason: TCP connection closed by client (callback)',
    );
    expect(told).toEqual([
      ['somebody', undefined],
      ['somebody', 'tcp', '127.0.0.1:2'],
    ]);
  });
});
