import { init, use } from 'echarts/core';
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';
import { PROBES } from './scale.js';
import type { Probe, Scale } from './scale.js';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

interface Panel {
  title: string;
  /** Solid lines; undefined where a store has none. */
  value: (at: Scale) => number | undefined;
  /** Dashed lines beside them. */
  worst?: (at: Scale) => number;
  /** Whether the values go over several powers of ten. */
  log?: boolean;
}

const PANELS: Panel[] = [
  ...Object.entries(PROBES).map(([probe, text]) => ({
    title: `${text}, ms`,
    value: ({ latency }: Scale) => latency[probe as Probe].p50,
    worst: ({ latency }: Scale) => latency[probe as Probe].p99,
  })),
  { title: 'seed, sessions a second', value: ({ seedRate }) => seedRate },
  { title: 'sweep of all at once, s', value: ({ sweep }) => sweep?.seconds, log: true },
  { title: 'disk, MB', value: ({ diskBytes }) => diskBytes && diskBytes / 1e6, log: true },
  { title: 'RSS of the service, MB', value: ({ memory }) => memory.rss / 1e6 },
];

const COLORS = { embedded: '#0f766e', cassandra: '#c2410c' };
const COLUMNS = 3;
const WIDTH = 340;
const HEIGHT = 230;
const TOP = 50;

/** A panel a quantity over the number of sessions, as SVG. */
export function plotScale(all: Scale[]): string {
  const rows = Math.ceil(PANELS.length / COLUMNS);
  const [width, height] = [COLUMNS * WIDTH, TOP + rows * HEIGHT];
  const stores = [...new Set(all.map(({ store }) => store))];
  const corner = (i: number) => ({
    left: (i % COLUMNS) * WIDTH + 55,
    top: TOP + Math.floor(i / COLUMNS) * HEIGHT + 35,
  });
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    legend: { top: 12, data: stores.flatMap((store) => [`${store} p50`, `${store} p99`]) },
    title: PANELS.map(({ title }, i) => ({
      text: title,
      left: corner(i).left,
      top: corner(i).top - 28,
      textStyle: { fontSize: 13, fontWeight: 'normal' as const },
    })),
    grid: PANELS.map((_, i) => ({ ...corner(i), width: WIDTH - 80, height: HEIGHT - 75 })),
    xAxis: PANELS.map((_, i) => ({
      type: 'log' as const,
      min: 'dataMin',
      gridIndex: i,
      axisLabel: { formatter: short },
    })),
    yAxis: PANELS.map(({ log }, i) => ({
      type: log ? ('log' as const) : ('value' as const),
      gridIndex: i,
      axisLabel: { formatter: short },
    })),
    series: PANELS.flatMap(({ value, worst }, i) =>
      stores.flatMap((store) => {
        const sizes = all.filter((each) => each.store === store);
        const line = (name: string, of: (at: Scale) => number | undefined, dashed: boolean) => ({
          name,
          type: 'line' as const,
          xAxisIndex: i,
          yAxisIndex: i,
          color: COLORS[store],
          lineStyle: { type: dashed ? ('dashed' as const) : ('solid' as const), width: 1.5 },
          symbolSize: 5,
          data: sizes.flatMap((at) => {
            const y = of(at);
            return y === undefined ? [] : [[at.sessions, y]];
          }),
        });
        return [line(`${store} p50`, value, false), ...(worst ? [line(`${store} p99`, worst, true)] : [])];
      }),
    ),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

function short(value: number): string {
  return value >= 1_000_000 ? `${value / 1_000_000}M` : value >= 1000 ? `${value / 1000}k` : String(value);
}
