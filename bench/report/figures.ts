/** How a figure is shown. */
interface Figure {
  /** Head of its column. `unit` is what rates and CPU times are per. */
  readonly title: (unit: string) => string;
  readonly show: (value: number) => string;
  /** More is better; else less is. */
  readonly more?: boolean;
}

const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
/** Three digits, or all before the point: 0.98, 4.91, 58.8, 385. */
const three = (value: number): string =>
  value >= 1000 ? whole(value) : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
const mega = (value: number): string => (value / 1e6).toFixed(value < 1e7 ? 2 : 1);

/** All figures in the order of columns. Times are microseconds, but for `firstAnswer`, memory and sizes bytes. */
const FIGURES = {
  rate: { title: (unit) => (unit === unit.toUpperCase() ? `${unit}/s` : `${unit}s/s`), show: whole, more: true },
  p50: { title: () => "p50 µs", show: whole },
  p99: { title: () => "p99 µs", show: whole },
  serverCpu: { title: () => "server CPU µs", show: three },
  clientCpu: { title: () => "client CPU µs", show: three },
  bothCpu: { title: () => "CPU of both µs", show: three },
  rss: { title: () => "server RSS MB", show: (value) => whole(value / 1e6) },
  firstAnswer: { title: () => "first answer ms", show: (value) => value.toFixed(0) },
  packages: { title: () => "packages", show: whole },
  bytes: { title: () => "MB", show: mega },
  listening: { title: () => "listening MB", show: mega },
  idle: { title: () => "idle MB", show: mega },
  each: { title: () => "KB a connection", show: (value) => (value / 1000).toFixed(1) },
  served: { title: () => "connections served", show: whole },
} as const satisfies Readonly<Record<string, Figure>>;

/** What can be measured of a competitor. */
export type FigureName = keyof typeof FIGURES;

/** Their names, in the order of columns. */
export const FIGURE_NAMES = Object.keys(FIGURES) as readonly FigureName[]; // it has no others

/** How that one is shown. */
export function figure(name: FigureName): Figure {
  return FIGURES[name];
}
