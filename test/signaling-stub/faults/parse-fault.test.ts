import { expect, test } from 'vitest';
import {
  parseFault,
  parseFaultText,
  renderFaultProblem,
  type FaultProblem,
} from '../../../signaling-stub/faults/parse-fault.ts';

const parsed = (text: string) => {
  const problems: FaultProblem[] = [];
  const rule = parseFaultText(text, '--fault', problems);
  return { rule, problems: problems.map(renderFaultProblem) };
};

test.for([
  ['drop', { fault: 'drop' }],
  ['drop:candidate:30%', { fault: 'drop', kind: 'candidate', probability: 0.3 }],
  ['delay:description:500ms', { fault: 'delay', kind: 'description', delayMs: 500 }],
  ['delay:500ms:offer', { fault: 'delay', kind: 'offer', delayMs: 500 }],
  ['reorder:from=caller:count=3', { fault: 'reorder', from: 'caller', count: 3, delayMs: 500 }],
  ['restart:after=2s', { fault: 'restart', count: 1, afterMs: 2000 }],
  ['disconnect:answer:to=callee', { fault: 'disconnect', kind: 'answer', to: 'callee', count: 1 }],
] as const)('parseFaultText() reads %s', ([text, rule]) => {
  expect(parsed(text)).toEqual({ rule, problems: [] });
});

test.for([
  ['dorp', /^--fault\.fault: expected one of delay, .*got "dorp" — did you mean drop\?$/],
  ['drop:candidat', /^--fault: expected description, .*got "candidat" — did you mean candidate\?$/],
  ['drop:0%', /^--fault\.probability: expected a share above 0% and up to 100%, got "0%"$/],
  ['drop:probability=30', /got "30" — add a unit: 30%$/],
  ['delay', /^--fault\.delay: expected a time like 500ms, got none$/],
  ['drop:500ms', /^--fault\.delay: expected none with drop, got "500ms"$/],
  ['drop:count=0', /^--fault\.count: expected a whole number from 1, got "0"$/],
  ['drop:offer:answer', /^--fault: expected one kind, got "drop:offer:answer"$/],
  ['drop:form=caller', /^--fault\.form: expected one of .*got "form" — did you mean from\?$/],
  ['drop:from=', /^--fault\.from: expected a peer's name, got ""$/],
] as const)('parseFaultText() says what is wrong with %s', ([text, message]) => {
  const { rule, problems } = parsed(text);
  expect(rule).toBeUndefined();
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(message);
});

test('parseFault() tells of every problem at once', () => {
  const problems: FaultProblem[] = [];
  const written = { fault: 'jitter', kind: 'x', from: 3, count: 1.5, after: '2' };
  expect(parseFault(written, 'faults[0]', problems)).toBeUndefined();
  expect(problems.map(({ path }) => path)).toEqual(
    ['kind', 'from', 'count', 'after', 'delay'].map((key) => `faults[0].${key}`),
  );
});

test('parseFault() refuses what is no object', () => {
  const problems: FaultProblem[] = [];
  expect(parseFault('drop', 'faults[0]', problems)).toBeUndefined();
  expect(problems).toHaveLength(1);
});
