import * as echarts from "echarts";
import { median, MODELS, type Result, WORKLOADS } from "./report.js";

/** A grey that can be read on white and on black. */
const INK = "#8a8f98";
const COLOURS = ["#4c8dff", "#f2994a"];

/** Draws calls per second by model, a panel for each workload, as an SVG that needs no background. */
export function chart(results: readonly Result[]): string {
  const height = 250;
  const instance = echarts.init(null, null, {
    renderer: "svg",
    ssr: true,
    width: 860,
    height: WORKLOADS.length * height + 30,
  });
  const text = { color: INK, fontFamily: "system-ui, sans-serif" };
  instance.setOption({
    animation: false,
    color: COLOURS,
    legend: { textStyle: text, top: 0 },
    title: WORKLOADS.map((workload, i) => ({
      text: `${workload}: calls/s`,
      left: 10,
      top: 25 + i * height,
      textStyle: { ...text, fontSize: 13 },
    })),
    grid: WORKLOADS.map((_, i) => ({ left: 80, right: 20, top: 60 + i * height, height: height - 80 })),
    xAxis: WORKLOADS.map((_, i) => ({
      type: "category",
      gridIndex: i,
      data: [...MODELS],
      axisLabel: text,
      axisLine: { lineStyle: { color: INK } },
    })),
    yAxis: WORKLOADS.map((_, i) => ({
      type: "value",
      gridIndex: i,
      axisLabel: text,
      splitLine: { lineStyle: { color: INK, opacity: 0.25 } },
    })),
    series: WORKLOADS.flatMap((workload, i) =>
      [1, 16].map((connections) => ({
        type: "bar",
        name: connections === 1 ? "1 connection" : "16 connections",
        xAxisIndex: i,
        yAxisIndex: i,
        label: {
          show: true,
          position: "top",
          ...text,
          fontSize: 9,
          formatter: ({ value }: { value: number }) => Math.round(value).toLocaleString("en"),
        },
        data: MODELS.map((model) => median(results, { model, workload, connections }, "callsPerSecond")),
      })),
    ),
  });
  const svg = instance.renderToSVGString();
  instance.dispose();
  return svg;
}
