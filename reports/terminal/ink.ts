import type picocolors from 'picocolors';
import type { Status } from '../../harness/result.ts';
import { STATUS_MARKS } from '../status-marks.ts';

export type Colors = ReturnType<typeof picocolors.createColors>;

const INKS = {
  passed: 'green',
  failed: 'red',
  inconclusive: 'yellow',
  unsupported: 'gray',
  errored: 'magenta',
} as const satisfies Record<Status, keyof Colors>;

/** A status's mark in its colour. */
export function colorMark(status: Status, colors: Colors): string {
  return colors[INKS[status]](STATUS_MARKS[status]);
}

/** `first` and then the text, broken between words, but not after a mark alone; later lines are indented by two. */
export function wrap(first: string, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(' ')) {
    if (visibleLength(line) + word.length > width && visibleLength(line.trim()) > 1) {
      lines.push(line.trimEnd());
      line = '  ';
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

/** Cuts plain text to the width, so that no line of a live view is broken by the terminal. */
export function fit(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

function visibleLength(text: string): number {
  return Array.from(text.replace(/\p{Cc}\[\d+m/gu, '')).length;
}
