import css from './ui.module.css';

export interface SparklineProps {
  readonly values: readonly number[];
  readonly label: string;
  readonly tone?: 'idle' | 'bad' | 'ok';
  /** Bars that a whole series has: a young one leaves room on the left instead of drawing broad bars. */
  readonly slots?: number;
}

const HEIGHT = 24;

/** Bars of a small series; a value above zero is at least visible. */
export function Sparkline({ values, label, tone = 'idle', slots = 1 }: SparklineProps) {
  const top = Math.max(1, ...values);
  const count = Math.max(slots, values.length);
  const room = count - values.length;
  return (
    <svg
      className={css.spark}
      viewBox={`0 0 ${count * 4} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      data-tone={tone}
    >
      {values.map((value, index) => {
        const height = value === 0 ? 0.75 : Math.max(2, (value / top) * HEIGHT);
        return <rect key={index} x={(room + index) * 4} y={HEIGHT - height} width={3} height={height} />;
      })}
    </svg>
  );
}
