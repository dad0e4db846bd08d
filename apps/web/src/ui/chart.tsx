import type { ECharts, EChartsOption } from 'echarts';
import { useEffect, useRef } from 'react';

export interface ChartProps {
  readonly option: EChartsOption;
  readonly height: number;
  /** What the chart shows, for screen readers. */
  readonly label: string;
}

/** ECharts, loaded when the first chart is shown; follows the size of its box. */
export function Chart({ option, height, label }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const latest = useRef(option);
  latest.current = option;
  useEffect(() => {
    let gone = false;
    let observer: ResizeObserver | undefined;
    void import('./echarts-modules.ts').then(({ init }) => {
      if (gone || !box.current) return;
      const made = init(box.current);
      chart.current = made;
      made.setOption(latest.current);
      observer = new ResizeObserver(() => made.resize());
      observer.observe(box.current);
    });
    return () => {
      gone = true;
      observer?.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(option, { notMerge: true });
  }, [option]);
  return <div ref={box} role="img" aria-label={label} style={{ height, width: '100%' }} />;
}
