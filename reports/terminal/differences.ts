import { type Difference, differenceTitle } from '../differences.ts';
import { printableLine } from '../printable.ts';
import { type Colors, wrap } from './ink.ts';

const MOST_LINES = 8;
const MOST_CHARACTERS = 300;

/** Where the browsers differed, a line for each thing; the rest is in the report. */
export function differenceLines(differences: readonly Difference[], width: number, colors: Colors): string[] {
  if (differences.length === 0) return [];
  const told = differences.slice(0, MOST_LINES).flatMap((difference) => {
    const how = difference.sides.map(
      ({ value, where }) => `${where.join(', ')}: ${value === '' ? 'nothing' : value}`,
    );
    const line = printableLine(`${differenceTitle(difference)}: ${how.join('; ')}`, MOST_CHARACTERS);
    return wrap('- ', line, width).map(colors.dim);
  });
  const more = differences.length - MOST_LINES;
  return [
    'Where the browsers differ:',
    ...told,
    ...(more > 0 ? [`  … and ${more} more, in the report`] : []),
  ];
}
