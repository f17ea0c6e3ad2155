import { expect, test } from "vitest";
import { panelsOf } from "../../bench/report/chart.js";
import { draw } from "../../bench/report/draw.js";
import { row, servers } from "../bench/measured.fixture.js";

const rows = [row("callwire", [5]), row("a < b & c", [60])];

test("A chart is an SVG with every bar's name and value, no background, and the same for the same figures.", () => {
  const panels = panelsOf([servers({ rows })]);
  const svg = draw(panels);
  expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 820 \d+"/u);
  for (const text of [">callwire<", ">5.00<", ">a &lt; b &amp; c<", ">60.0 (12.0 ×)<"]) expect(svg).toContain(text);
  expect(svg).toContain('fill="none"></rect>');
  expect(svg).toContain("prefers-color-scheme: dark");
  expect(draw(panels)).toBe(svg);
});

test("More panels make a higher chart, and nothing to show is an empty one.", () => {
  const height = (...args: Parameters<typeof draw>): number => Number(/height="(\d+)"/u.exec(draw(...args))?.[1]);
  const one = panelsOf([servers({ rows })]);
  expect(height([...one, ...one])).toBeGreaterThan(height(one) * 1.5);
  expect(draw([])).toContain("<svg");
});
