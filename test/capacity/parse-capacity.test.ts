import { expect, test } from 'vitest';
import { parseCapacity } from '../../harness/capacity/parse-capacity.ts';
import type { Problem } from '../../harness/errors.ts';

function parse(text: string) {
  const problems: Problem[] = [];
  return { goals: parseCapacity(text, problems), problems };
}

test('parseCapacity() takes rates without an aggregation beside thresholds with one', () => {
  const { goals, problems } = parse('connection_success>=0.99, fps_received=p(5)>=15');
  expect(problems).toEqual([]);
  expect(goals).toMatchObject({
    connection_success: [{ aggregation: 'rate', operator: '>=', limit: 0.99 }],
    fps_received: [{ aggregation: 'p', percentile: 5, operator: '>=', limit: 15 }],
  });
});

test('parseCapacity() keeps the tags of a sub-metric together', () => {
  const { goals, problems } = parse('connect_ms{pair:chrome:firefox,role:caller}=p(95)<3000,checks==1');
  expect(problems).toEqual([]);
  expect(Object.keys(goals)).toEqual(['connect_ms{pair:chrome:firefox,role:caller}', 'checks']);
});

test('parseCapacity() names every problem at once', () => {
  const { goals, problems } = parse('fps_received>=15,conection_success>=0.9,checks>=all,checks==1,');
  expect(problems.map(({ got }) => got)).toEqual([
    '"fps_received>=15"',
    '"conection_success"',
    '"checks>=all"',
    '""',
  ]);
  expect(problems[0]).toMatchObject({ hint: 'write it like fps_received=p(95)>=15' });
  expect(Object.keys(goals)).toEqual(['checks']);
});
