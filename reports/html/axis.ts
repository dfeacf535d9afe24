import { html, Markup } from './markup.ts';
import { axisTicks } from './waterfall.ts';

/** The stretch that a drawing's width stands for, ms. */
export interface Scale {
  from: number;
  to: number;
}

/** Where a value lies on the scale, as an SVG length: drawings have no size of their own, so that text keeps its. */
export function shareOf(value: number, scale: Scale): string {
  return `${Number(percentOf(value, scale).toFixed(2))}%`;
}

/** Round values within the scale. */
export function ticksOf({ from, to }: Scale): number[] {
  const step = axisTicks(to - from)[1] ?? to - from;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) => (first + index) * step);
}

/** Upright lines at the ticks, behind what is drawn. */
export function tickLines(scale: Scale): Markup[] {
  return ticksOf(scale).map((tick) => {
    const x = shareOf(tick, scale);
    return html`<line class="tick" x1="${x}" x2="${x}" y1="0" y2="100%" />`;
  });
}

/** What stands above the lines: milliseconds, or seconds if they are far apart. */
export function axisLabels(scale: Scale): Markup {
  const ticks = ticksOf(scale);
  const step = (ticks[1] ?? 1) - (ticks[0] ?? 0);
  const labels = ticks.map((tick) => {
    const share = percentOf(tick, scale);
    const anchorAt = new Markup(share < 1 ? 'start' : share > 92 ? 'end' : 'middle');
    return html`<text x="${share.toFixed(2)}%" y="14" text-anchor="${anchorAt}"
      >${step >= 1000 ? `${tick / 1000} s` : `${Number(tick.toPrecision(6))}`}</text
    >`;
  });
  return html`<svg class="axis" role="presentation" aria-hidden="true">${labels}</svg>`;
}

function percentOf(value: number, { from, to }: Scale): number {
  return (100 * (value - from)) / (to - from);
}
