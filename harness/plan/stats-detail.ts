import type { StatsDetail } from '../stats/selected.ts';
import type { Plan } from './plan.ts';

/** How much of `getStats()` a run's peers send: many peers what is used of it, else all the browser says. */
export function statsDetailOf({ load, options }: Pick<Plan, 'load' | 'options'>): StatsDetail {
  return options.stats ?? (load ? 'selected' : 'full');
}
