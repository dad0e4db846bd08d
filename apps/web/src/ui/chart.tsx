import type { ECharts, EChartsOption } from 'echarts';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useMedia } from '../lib/preferences.ts';

export interface ChartProps {
  readonly option: EChartsOption;
  readonly height: number;
  /** What the chart shows, for screen readers. */
  readonly label: string;
  /** Index of the datum that was clicked, and the name of its series. */
  readonly onPick?: (index: number, series: string) => void;
}

/** ECharts, loaded when the first chart is shown; follows the size of its box and the wish for less motion. */
export function Chart({ option, height, label, onPick }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const still = useMedia('(prefers-reduced-motion: reduce)');
  const draw = useEffectEvent(() => {
    chart.current?.setOption({ ...option, ...(still ? { animation: false } : {}) }, { notMerge: true });
  });
  const pick = useEffectEvent((index: number, series: string) => onPick?.(index, series));
  useEffect(() => {
    let gone = false;
    let observer: ResizeObserver | undefined;
    void import('./echarts-modules.ts').then(({ init }) => {
      if (gone || !box.current) return;
      const made = init(box.current);
      chart.current = made;
      made.on('click', (event) => pick(event.dataIndex, event.seriesName ?? ''));
      draw();
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
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new option or wish is what asks for a new drawing
  useEffect(() => draw(), [option, still]);
  return <div ref={box} role="img" aria-label={label} style={{ height, width: '100%' }} />;
}
