import { describe, expect, test } from 'vitest';
import { TimeoutError } from '../../harness/errors.ts';
import { withDeadline } from '../../harness/lifecycle/deadline.ts';

const never = new Promise<never>(() => {});
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('withDeadline()', () => {
  test('gives what the work gives, and leaves no timer behind', async () => {
    const before = timers();
    const work = withDeadline(Promise.resolve('joined'), { timeoutMs: 3_600_000, what: 'the page to join' });
    expect(timers()).toBe(before + 1);
    await expect(work).resolves.toBe('joined');
    expect(timers()).toBe(before);
  });

  test('rejects with what the work throws, and leaves no timer behind', async () => {
    const before = timers();
    const broken = new Error('the page crashed');
    const work = withDeadline(Promise.reject(broken), { timeoutMs: 3_600_000, what: 'the page to join' });
    await expect(work).rejects.toBe(broken);
    expect(timers()).toBe(before);
  });

  test('rejects with TimeoutError if it takes too long, and says what was awaited and what was seen last', async () => {
    let state = 'new';
    const work = withDeadline(never, {
      timeoutMs: 1,
      what: "caller's ICE to reach 'connected'",
      lastSeen: () => state,
      details: () => ({ host: 2, state }),
    });
    // Asked when the time is over, not before.
    state = 'checking';
    const thrown: unknown = await work.catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(TimeoutError);
    expect(thrown).toMatchObject({
      message: "waiting for caller's ICE to reach 'connected' took longer than 1 ms (last seen: checking)",
      code: 'TIMEOUT',
      details: { timeoutMs: 1, host: 2, state: 'checking' },
    });
  });

  test('says nothing of what was seen last if nothing was', async () => {
    const work = withDeadline(never, { timeoutMs: 1, what: 'the page to join', lastSeen: () => undefined });
    await expect(work).rejects.toThrow(/^waiting for the page to join took longer than 1 ms$/);
  });

  test("rejects with the signal's reason if that is aborted", async () => {
    const stop = new AbortController();
    const before = timers();
    const work = withDeadline(never, { timeoutMs: 3_600_000, what: 'the page', signal: stop.signal });
    const reason = new Error('SIGINT');
    stop.abort(reason);
    await expect(work).rejects.toBe(reason);
    expect(timers()).toBe(before);
  });

  test("rejects with the signal's reason if that was aborted before", async () => {
    const reason = new Error('SIGINT');
    const work = withDeadline(never, { timeoutMs: 1, what: 'the page', signal: AbortSignal.abort(reason) });
    await expect(work).rejects.toBe(reason);
  });

  test('keeps quiet about work that fails after the time is over', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    let fail: (reason: Error) => void = () => {};
    const late = new Promise<never>((_, reject) => (fail = reject));
    await expect(withDeadline(late, { timeoutMs: 1, what: 'the page' })).rejects.toThrow('1 ms');
    fail(new Error('too late'));
    // Unhandled rejections are told of when the microtasks of a turn are done.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
