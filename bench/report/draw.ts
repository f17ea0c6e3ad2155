import { createRequire } from "node:module";
import { join } from "node:path";
import type { Panel } from "./chart.js";

/** As much of Apache ECharts as is used here. */
interface ECharts {
  readonly init: (
    element: null,
    theme: null,
    options: { renderer: "svg"; ssr: true; width: number; height: number },
  ) => {
    setOption(option: object): void;
    renderToSVGString(): string;
    dispose(): void;
  };
}

/** Of bench/peers, as all that callwire itself does not need. */
const LIBRARY = "echarts";

/** Middle tones, which can be read on white and on black: nobody has to know what is behind them. */
const INK = "#6e7781";
const OURS = "#2f81f7";
const OTHERS = "#9a8c7c";
/** Where the reader prefers a dark page, and that is known. */
const DARK = "<style>@media (prefers-color-scheme: dark) { text { fill: #9198a1 } }</style>";
const FONT = "system-ui, -apple-system, 'Segoe UI', sans-serif";

const WIDTH = 820;
const NAMES_WIDTH = 150;
const LABELS_WIDTH = 120;
const TITLE_HEIGHT = 34;
const BAR_HEIGHT = 24;
const GAP = 14;

/** Draws panels of horizontal bars below each other, as an SVG without a background. The library is one of the peers. */
export function draw(panels: readonly Panel[]): string {
  const echarts = library();
  const last = placed(panels).at(-1);
  const height = last === undefined ? GAP : last.top + last.height + GAP;
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  try {
    chart.setOption(optionOf(panels));
    // Its classes, which are for the mouse, count up within a process, and the same figures ought to give the same file.
    const svg = chart.renderToSVGString().replaceAll(/ class="zr\d+-cls-\d+"/gu, "");
    return svg.replace(/<style >[^]*?<\/style>/u, "").replace("</svg>", `${DARK}\n</svg>`);
  } finally {
    chart.dispose();
  }
}

/** What the library is told, as data. */
export function optionOf(panels: readonly Panel[]): object {
  const places = placed(panels);
  const text = { color: INK, fontFamily: FONT, fontSize: 12 };
  return {
    animation: false,
    title: places.map(({ title, top }) => ({
      text: title,
      left: 0,
      top: top - TITLE_HEIGHT + 8,
      textStyle: { ...text, fontSize: 13, fontWeight: 600 },
    })),
    grid: places.map(({ top, height }) => ({ left: NAMES_WIDTH, right: LABELS_WIDTH, top, height })),
    xAxis: places.map((_, gridIndex) => ({ type: "value", gridIndex, show: false, min: 0 })),
    yAxis: places.map(({ bars }, gridIndex) => ({
      type: "category",
      gridIndex,
      inverse: true,
      data: bars.map(({ name }) => name),
      axisLabel: { ...text, interval: 0 },
      axisLine: { lineStyle: { color: INK } },
      axisTick: { show: false },
    })),
    series: places.map(({ bars }, index) => ({
      type: "bar",
      silent: true,
      xAxisIndex: index,
      yAxisIndex: index,
      barWidth: "68%",
      label: {
        show: true,
        position: "right",
        ...text,
        formatter: ({ dataIndex }: { dataIndex: number }) => bars[dataIndex]?.label ?? "",
      },
      data: bars.map(({ value, base }) => ({ value, itemStyle: { color: base ? OURS : OTHERS } })),
    })),
  };
}

/** Where each panel stands, in pixels; `top` is that of its bars. */
function placed(panels: readonly Panel[]): readonly (Panel & { readonly top: number; readonly height: number })[] {
  let next = 0;
  return panels.map((panel) => {
    const top = next + TITLE_HEIGHT;
    const height = panel.bars.length * BAR_HEIGHT;
    next = top + height + GAP;
    return { ...panel, top, height };
  });
}

function library(): ECharts {
  const require = createRequire(join(import.meta.dirname, "../peers/package.json"));
  try {
    return require(LIBRARY) as ECharts; // as much of it as is used
  } catch (error) {
    throw new Error('What draws charts is not installed: run "npm ci --ignore-scripts --prefix bench/peers".', {
      cause: error,
    });
  }
}
