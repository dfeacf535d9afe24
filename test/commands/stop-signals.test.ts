import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { listenForStop } from '../../harness/commands/stop-signals.ts';

function aProcess() {
  const exits: number[] = [];
  const clock = { ms: 0 };
  const signals = new EventEmitter();
  const options = { signals, exit: (code: number) => void exits.push(code), now: () => clock.ms };
  return { exits, clock, signals, options };
}

test.for(['SIGINT', 'SIGTERM', 'SIGHUP'])('listenForStop() aborts with the name of %s', (name) => {
  const { signals, options, exits } = aProcess();
  using stop = listenForStop(options);
  signals.emit(name, name);
  expect(stop.signal.aborted).toBe(true);
  expect(stop.signal.reason).toBe(name);
  expect(exits).toEqual([]);
});

test('listenForStop() exits 105 at once if a second signal comes later', () => {
  const { signals, options, exits, clock } = aProcess();
  using _stop = listenForStop(options);
  signals.emit('SIGINT', 'SIGINT');
  clock.ms = 1500;
  signals.emit('SIGINT', 'SIGINT');
  expect(exits).toEqual([105]);
});

test('listenForStop() takes one key press that arrives twice as one', () => {
  const { signals, options, exits, clock } = aProcess();
  using _stop = listenForStop(options);
  signals.emit('SIGINT', 'SIGINT');
  clock.ms = 5;
  signals.emit('SIGINT', 'SIGINT');
  expect(exits).toEqual([]);
});

test('listenForStop() leaves no listener behind', () => {
  const { signals, options } = aProcess();
  listenForStop(options)[Symbol.dispose]();
  expect(signals.eventNames()).toEqual([]);
});
