import type { CallRecord } from '../call-record.ts';
import type { PeerFigures } from '../metrics/peer-figures.ts';
import { isImpaired } from './impairment.ts';
import { cpuLimitedRatio, sourceFps, type CallObserver } from './observe.ts';

/** From where on the load generator itself is to blame. Strict: a wolf cried is an afternoon lost. */
export const SATURATION = {
  /** Mean busy share of all cores; never enough alone: a busy machine may still keep up. */
  hostCpuRatio: 0.95,
  /** Mean lateness of a page's stats timer, ms. */
  timerLatenessMs: 250,
  /** Share of the source's nominal frame rate that was really sent. */
  sentFrameShare: 0.6,
  /** Share of the hold an encoder said it was held back by the CPU. */
  cpuLimitedRatio: 0.5,
} as const;

/**
 * Whether the machine that made the load could not keep up, as one sentence with the figures; `undefined` if it did
 * or nothing is known.
 *
 * Over the hold, or over the whole call if it broke before: the machine was full **and** a page's timers were late or
 * its camera fell behind; or an encoder said so itself. An encoder that keeps quiet proves nothing: measured,
 * `qualityLimitationReason` stayed other than `cpu` on a machine at 100 %. On an impaired network the sent frame rate is
 * the network's doing: only the camera's own counts there.
 */
export function findSaturation(
  record: CallRecord,
  figures: PeerFigures,
  observer: CallObserver,
): string | undefined {
  const busy = figures.of('')['host_cpu_ratio'];
  const signs = Object.keys(record.peers).flatMap((role) => {
    const limited = cpuLimitedRatio(observer.of(role));
    if (limited === undefined || limited <= SATURATION.cpuLimitedRatio) return [];
    return [`${role}'s encoder was held back by the CPU ${percent(limited)} of the time`];
  });
  const isFull = busy !== undefined && busy >= SATURATION.hostCpuRatio;
  if (isFull)
    signs.push(...Object.keys(record.peers).flatMap((role) => lagging(record, role, figures, observer)));
  if (signs.length === 0) return undefined;
  const machine = isFull ? `all cores were ${percent(busy)} busy, ` : '';
  return `The load generator was saturated: ${machine}${signs.join(', ')}`;
}

function lagging(record: CallRecord, role: string, figures: PeerFigures, observer: CallObserver): string[] {
  const { timer_lateness_ms: lateMs, fps_sent: sent } = figures.of(role);
  const isSourceOnly = isImpaired(record);
  const fps = isSourceOnly ? sourceFps(observer.of(role)) : sent;
  const { marks, source } = record.peers[role]!;
  // Before it is connected a peer sends nothing, however fast its camera is.
  const nominal = marks.connected === undefined ? undefined : source?.frameRate;
  const signs: string[] = [];
  if (lateMs !== undefined && lateMs >= SATURATION.timerLatenessMs) {
    signs.push(`${role}'s timers were ${Math.round(lateMs)} ms late`);
  }
  if (fps !== undefined && nominal !== undefined && fps < nominal * SATURATION.sentFrameShare) {
    const verb = isSourceOnly ? "'s camera gave" : ' sent';
    signs.push(`${role}${verb} ${fps.toFixed(1)} of ${nominal} frames per second`);
  }
  return signs;
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
