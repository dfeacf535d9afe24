import type { Impairment } from '../../topology/topology.ts';
import { FRAME_BYTES, heldBytes } from './queue.ts';

const LEAST_LIMIT = 1000;
/** Small frames must not fill a queue that is counted in packets: this one is counted as half full ones. */
const USUAL_FRAME_BYTES = FRAME_BYTES / 2;

/** What of an impairment netem cannot do, a sentence each. */
export function netemLacks({
  reorderRatio = 0,
  delayMs = 0,
  lossRatio = 0,
  lossBurst = 1,
}: Impairment): string[] {
  const lacks: string[] = [];
  if (reorderRatio > 0 && delayMs === 0)
    lacks.push('to be reordered, packets need a delay that others overtake');
  if (lossBurst > 1 && lossRatio < 1 && lossRatio > lossBurst / (1 + lossBurst))
    lacks.push(
      `runs of ${lossBurst} lost packets make at most ${percent(lossBurst / (1 + lossBurst))} of loss`,
    );
  return lacks;
}

/**
 * The words behind `tc qdisc replace dev X root` for one direction, on the end that sends.
 *
 * @param seed of the kernel's random source; older kernels (before 6.6) and tc know none: leave it out there
 * @see https://man7.org/linux/man-pages/man8/tc-netem.8.html
 */
export function netemWords(impairment: Impairment, seed?: number): string[] {
  const { rateBps, delayMs = 0, jitterMs = 0, duplicateRatio = 0, reorderRatio = 0 } = impairment;
  const held = heldBytes(impairment);
  const limit = Math.max(held === undefined ? LEAST_LIMIT : 1, Math.ceil((held ?? 0) / USUAL_FRAME_BYTES));
  return [
    'netem',
    'limit',
    String(limit),
    ...(delayMs > 0 || jitterMs > 0 ? ['delay', ms(delayMs)] : []),
    ...(jitterMs > 0 ? [ms(jitterMs), 'distribution', 'normal'] : []),
    ...lossWords(impairment),
    ...(duplicateRatio > 0 ? ['duplicate', percentWord(duplicateRatio)] : []),
    ...(reorderRatio > 0 ? ['reorder', percentWord(reorderRatio)] : []),
    ...(rateBps === undefined ? [] : ['rate', `${Math.round(rateBps)}bit`]),
    ...(seed === undefined ? [] : ['seed', String(seed)]),
  ];
}

/** Gilbert's model: p into a run and r out of it, which no packet survives. */
function lossWords({ lossRatio = 0, lossBurst = 1, outage }: Impairment): string[] {
  if (outage || lossRatio >= 1) return ['loss', '100%'];
  if (lossRatio === 0) return [];
  if (lossBurst <= 1) return ['loss', percentWord(lossRatio)];
  const into = lossRatio / (lossBurst * (1 - lossRatio));
  return ['loss', 'gemodel', percentWord(into), percentWord(1 / lossBurst)];
}

function percentWord(ratio: number): string {
  return `${Number((ratio * 100).toFixed(6))}%`;
}

function ms(value: number): string {
  return `${Number(value.toFixed(3))}ms`;
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 1000) / 10} %`;
}
