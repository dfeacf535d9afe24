import type { RunEvent } from '../../harness/store/layout.ts';
import { printableLine } from '../printable.ts';
import { diedLines } from './died-lines.ts';
import type { Colors } from './ink.ts';

type TurnEvent = Extract<RunEvent, { type: `turn-${string}` }>;

/** What the run's TURN server tells; `brief` leaves out allocations, of which every relayed call has some. */
export function turnLines(event: TurnEvent, { brief, colors }: { brief: boolean; colors: Colors }): string[] {
  switch (event.type) {
    case 'turn-started':
      return [`the TURN server answers at ${printableLine(event.urls.join(', '), 300)}`];
    case 'turn-allocation':
      return brief
        ? []
        : [`${whose(event)} has a TURN allocation${event.transport ? ` over ${event.transport}` : ''}`];
    case 'turn-refused': {
      const code = event.code === undefined ? '' : `${event.code} `;
      return [`${whose(event)} was refused by the TURN server: ${code}${printableLine(event.reason, 200)}`];
    }
    case 'turn-died':
      return diedLines('the TURN server', event, colors);
  }
}

/** The label stands for call and role when the credentials were none of the run's. */
function whose({ call, role, label }: { call?: string; role?: string; label?: string }): string {
  if (call !== undefined) return printableLine(`${call}: ${role ?? 'somebody'}`, 200);
  return label === undefined ? 'somebody' : printableLine(label, 100);
}
