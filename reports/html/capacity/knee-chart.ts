import type { CapacityLevel, CapacityResult } from '../../../harness/capacity/capacity-result.ts';
import type { ThresholdResult } from '../../../harness/result.ts';
import { levelStatus, levelsBySize } from '../../capacity.ts';
import { formatFigure } from '../../figures.ts';
import { type Scale, shareOf, ticksOf } from '../axis.ts';
import { html, Markup } from '../markup.ts';

/** Room above and below what is drawn, of its extent. */
const MARGIN = 0.08;

interface Point {
  vus: number;
  value: number;
  level: CapacityLevel;
}

interface Scales {
  x: Scale;
  y: Scale;
}

/**
 * What a threshold's metric came to against the number of calls, the threshold as a line, and where the calls stop to
 * hold. Nothing where it was never measured.
 */
export function kneeChart(result: CapacityResult, index: number): Markup | undefined {
  const levels = levelsBySize(result);
  const points = levels.flatMap((level): Point[] => {
    const value = level.thresholds[index]?.actual;
    return value === undefined ? [] : [{ vus: level.vus, value, level }];
  });
  const threshold = levels.map(({ thresholds }) => thresholds[index]).find((each) => each !== undefined);
  if (points.length === 0 || !threshold) return undefined;
  const limit = limitOf(threshold);
  const scales = { x: xScale(points), y: yScale([...points.map(({ value }) => value), ...(limit ?? [])]) };
  const { metric, expression, unit } = threshold;
  return html`<figure class="knee">
    <figcaption>${metric} ${expression}</figcaption>
    <svg role="img" aria-label="${metric} by calls at a time: ${inWords(points, unit)}">
      ${rulers(scales, unit)} ${limit && limitLine(limit[0]!, scales, threshold)} ${knee(result, scales)}
      ${curve(points, scales)} ${points.map((point) => dot(point, scales, unit))}
    </svg>
    <p class="note axis-name">calls at a time</p>
  </figure>`;
}

function inWords(points: readonly Point[], unit: string): string {
  return points.map(({ vus, value }) => `${vus}: ${formatFigure(value, unit)}`).join(', ');
}

/** The number a threshold compares with, as a list to be spread. */
function limitOf({ expression }: ThresholdResult): number[] | undefined {
  const limit = Number(/[<>=]\s*([-+.\de]+)\s*$/i.exec(expression)?.[1]);
  return Number.isFinite(limit) ? [limit] : undefined;
}

function xScale(points: readonly Point[]): Scale {
  const most = Math.max(...points.map(({ vus }) => vus));
  return { from: 0, to: most * (1 + MARGIN) };
}

function yScale(values: readonly number[]): Scale {
  const [least, most] = [Math.min(0, ...values), Math.max(...values)];
  const room = (most - least || 1) * MARGIN;
  return { from: least < 0 ? least - room : 0, to: most + room };
}

/** From the bottom, as an SVG length. */
function heightOf(value: number, { y: { from, to } }: Scales): string {
  return shareOf(from + to - value, { from, to });
}

function rulers(scales: Scales, unit: string): Markup[] {
  const whole = ticksOf(scales.x).filter((tick) => Number.isInteger(tick));
  return [
    ...whole.map((tick) => {
      const x = shareOf(tick, scales.x);
      return html`<line class="tick" x1="${x}" x2="${x}" y1="0" y2="100%" /><text
          x="${x}"
          y="100%"
          dy="16"
          text-anchor="middle"
          >${tick}</text
        >`;
    }),
    ...ticksOf(scales.y).map((tick) => {
      const y = heightOf(tick, scales);
      return html`<line class="tick" x1="0" x2="100%" y1="${y}" y2="${y}" /><text
          x="0"
          dx="-6"
          y="${y}"
          dy="4"
          text-anchor="end"
          >${formatFigure(tick, unit)}</text
        >`;
    }),
  ];
}

function limitLine(limit: number, scales: Scales, { expression }: ThresholdResult): Markup {
  const y = heightOf(limit, scales);
  return html`<line class="limit" x1="0" x2="100%" y1="${y}" y2="${y}" /><text
      class="limit"
      x="100%"
      y="${y}"
      dy="-5"
      text-anchor="end"
      >${expression}</text
    >`;
}

/** Where the calls stop to hold. */
function knee({ holds }: CapacityResult, scales: Scales): Markup | false {
  if (holds === 0) return false;
  const x = shareOf(holds, scales.x);
  return html`<line class="holds" x1="${x}" x2="${x}" y1="0" y2="100%" /><text
      class="holds"
      x="${x}"
      dx="5"
      y="12"
      >${holds} hold${new Markup(holds === 1 ? 's' : '')}</text
    >`;
}

function curve(points: readonly Point[], scales: Scales): Markup[] {
  return points.slice(1).map(({ vus, value }, index) => {
    const before = points[index]!;
    const [x1, x2] = [shareOf(before.vus, scales.x), shareOf(vus, scales.x)];
    return html`<line
      class="curve"
      x1="${x1}"
      x2="${x2}"
      y1="${heightOf(before.value, scales)}"
      y2="${heightOf(value, scales)}"
    />`;
  });
}

function dot({ vus, value, level }: Point, scales: Scales, unit: string): Markup {
  return html`<circle
    data-status="${levelStatus(level)}"
    cx="${shareOf(vus, scales.x)}"
    cy="${heightOf(value, scales)}"
    r="5"
    ><title>${vus} at a time, ${level.outcome}: ${formatFigure(value, unit)}</title></circle
  >`;
}
