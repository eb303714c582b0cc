import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { figure } from "../summary";

/** What is used of the document that Plot draws into; it is never shown. */
interface Page {
  createElementNS(namespace: string, name: string): Element;
}
interface Element {
  textContent: string;
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  prepend(child: Element): void;
}
const page: Page = Reflect.get(parseHTML("<!doctype html><html></html>"), "document");
const SVG = "http://www.w3.org/2000/svg";

/** Drawn at this size; the page scales it, so that text stays readable on a phone. */
const CANVAS = {
  width: 336,
  height: 230,
  marginLeft: 56,
  marginRight: 18,
  marginTop: 12,
  marginBottom: 42,
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

/** A number as it stands on an axis: `1.2M`. */
function tickText(value: number): string {
  if (value >= 1e9) return `${figure(value / 1e9)}G`;
  if (value >= 1e6) return `${figure(value / 1e6)}M`;
  if (value >= 1e3) return `${figure(value / 1e3)}k`;
  return figure(value);
}

/** An axis: what it says, and its scale, as Plot takes them. */
export type Axis = Pick<Plot.ScaleOptions, "label" | "type" | "domain" | "nice" | "ticks">;

/** A picture with a name for those who do not see it. */
export function picture(args: {
  id: string;
  title: string;
  x: Axis;
  y: Axis;
  marks: Plot.Markish[];
}): string {
  const { id, title, x, y, marks } = args;
  const common = { labelAnchor: "center", labelArrow: "none", tickFormat: tickText } as const;
  const drawn: Element = Plot.plot({
    document: page,
    ...CANVAS,
    x: { ...common, labelOffset: 36, ...x },
    y: { ...common, labelOffset: 48, grid: true, ...y },
    marks,
  });
  const name = page.createElementNS(SVG, "title");
  name.setAttribute("id", `${id}-name`);
  name.textContent = title;
  drawn.prepend(name);
  drawn.setAttribute("role", "img");
  drawn.setAttribute("aria-labelledby", `${id}-name`);
  return drawn.outerHTML;
}
