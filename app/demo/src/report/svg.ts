import { figure } from "../summary";

/** Every plot is drawn on this canvas; the page scales it, so that text stays readable on a phone. */
export const CANVAS = {
  width: 336,
  height: 230,
  left: 56,
  right: 18,
  top: 12,
  bottom: 42,
} as const;

/** Text as HTML or SVG content or attribute value. */
export function escapeText(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text.replace(/[&<>"]/g, (character) => entities[character] as string);
}

/** One axis: from data to canvas, with the values worth a label. */
export interface Axis {
  at(value: number): number;
  ticks: number[];
  label: string;
}

/** A round step that gives about `count` intervals. */
function roundStep({ span, count }: { span: number; count: number }): number {
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw) ?? 10;
  return step * power;
}

function place({ share, vertical }: { share: number; vertical: boolean }): number {
  const { width, height, left, right, top, bottom } = CANVAS;
  return vertical
    ? height - bottom - share * (height - bottom - top)
    : left + share * (width - left - right);
}

/** An axis from 0 to the first tick from `max` on, or to `max` itself where it is `tight`. */
export function linearAxis({
  max,
  label,
  vertical,
  whole = false,
  tight = false,
}: {
  max: number;
  label: string;
  vertical: boolean;
  whole?: boolean;
  tight?: boolean;
}): Axis {
  const span = max > 0 ? max : 1;
  const step = Math.max(roundStep({ span, count: 5 }), whole ? 1 : 0);
  const end = tight ? span : Math.ceil(span / step - 1e-9) * step;
  const ticks = Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, i) => i * step);
  return { at: (value) => place({ share: value / end, vertical }), ticks, label };
}

/** A logarithmic axis over whole powers of ten around positive values. */
export function logAxis({
  min,
  max,
  label,
  vertical,
}: {
  min: number;
  max: number;
  label: string;
  vertical: boolean;
}): Axis {
  const low = Math.floor(Math.log10(min));
  const high = Math.max(low + 1, Math.ceil(Math.log10(max)));
  const ticks: number[] = [];
  const factors = high - low <= 2 ? [1, 2, 5] : [1];
  for (let power = low; power <= high; power++) {
    for (const factor of factors) {
      if (power < high || factor === 1) ticks.push(factor * 10 ** power);
    }
  }
  const share = (value: number): number => (Math.log10(value) - low) / (high - low);
  return { at: (value) => place({ share: share(value), vertical }), ticks, label };
}

function tickText(value: number): string {
  if (value >= 1e9) return `${figure(value / 1e9)}G`;
  if (value >= 1e6) return `${figure(value / 1e6)}M`;
  if (value >= 1e3) return `${figure(value / 1e3)}k`;
  return figure(value);
}

/** Grid, ticks and labels of both axes. */
export function frame({ x, y }: { x: Axis; y: Axis }): string {
  const { width, height, left, right, top, bottom } = CANVAS;
  const floor = height - bottom;
  const horizontal = y.ticks.map((tick) => {
    const at = y.at(tick).toFixed(1);
    return `<line class="grid" x1="${left}" x2="${width - right}" y1="${at}" y2="${at}"/><text x="${left - 6}" y="${at}" dy=".32em" text-anchor="end">${tickText(tick)}</text>`;
  });
  const vertical = x.ticks.map((tick) => {
    const at = x.at(tick).toFixed(1);
    return `<line class="tick" x1="${at}" x2="${at}" y1="${floor}" y2="${floor + 4}"/><text x="${at}" y="${floor + 16}" text-anchor="middle">${tickText(tick)}</text>`;
  });
  const middle = (top + floor) / 2;
  return [
    ...horizontal,
    ...vertical,
    `<line class="axis" x1="${left}" x2="${width - right}" y1="${floor}" y2="${floor}"/>`,
    `<text class="label" x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">${escapeText(x.label)}</text>`,
    `<text class="label" transform="translate(11 ${middle}) rotate(-90)" text-anchor="middle">${escapeText(y.label)}</text>`,
  ].join("");
}

/** A stepped line: each value holds until the next. */
export function steps({ points, x, y }: { points: Point[]; x: Axis; y: Axis }): string {
  let path = "";
  for (const [index, point] of points.entries()) {
    const across = x.at(point.x).toFixed(1);
    path +=
      index === 0
        ? `M${across},${y.at(point.y).toFixed(1)}`
        : `H${across}V${y.at(point.y).toFixed(1)}`;
  }
  return path;
}

export interface Point {
  x: number;
  y: number;
}

/** A picture with a name and a description for those who do not see it. */
export function svg({ id, title, body }: { id: string; title: string; body: string }): string {
  return `<svg viewBox="0 0 ${CANVAS.width} ${CANVAS.height}" role="img" aria-labelledby="${id}-name"><title id="${id}-name">${escapeText(title)}</title>${body}</svg>`;
}
