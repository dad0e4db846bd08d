/** Metrics of one instance in the text format of Prometheus, under the names that Go's client library gives. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

const NOTHING = { records: 0, errors: 0, seconds: 0 };

export interface Handled {
  readonly topic: string;
  readonly seconds: number;
  readonly failed: boolean;
}

export class InstanceMetrics {
  readonly #program: string;
  readonly #group: string;
  readonly #version: string;
  readonly #startedAt = Date.now() / 1_000;
  readonly #topics = new Map<string, { records: number; errors: number; seconds: number; buckets: number[] }>();

  constructor(of: {
    readonly program: string;
    readonly group: string;
    readonly version: string;
    readonly topics: readonly string[];
  }) {
    this.#program = of.program;
    this.#group = of.group;
    this.#version = of.version;
    for (const topic of of.topics) this.#topics.set(topic, { ...NOTHING, buckets: BOUNDS.map(() => 0) });
  }

  /** Counts one record that was dealt with, whatever came of it. */
  handled({ topic, seconds, failed }: Handled): void {
    const known = this.#topics.get(topic) ?? { ...NOTHING, buckets: BOUNDS.map(() => 0) };
    known.records += 1;
    known.seconds += seconds;
    if (failed) known.errors += 1;
    BOUNDS.forEach((bound, at) => {
      if (seconds <= bound) known.buckets[at] = (known.buckets[at] ?? 0) + 1;
    });
    this.#topics.set(topic, known);
  }

  text(): string {
    const { rss } = process.memoryUsage();
    const name = `${this.#program.replaceAll('-', '_')}_build_info`;
    const lines = [
      '# HELP go_goroutines Number of goroutines that currently exist.',
      '# TYPE go_goroutines gauge',
      `go_goroutines ${18 + this.#topics.size * 4}`,
      '# TYPE go_info gauge',
      'go_info{version="go1.26.1"} 1',
      '# TYPE go_build_info gauge',
      `go_build_info{checksum="",path="ekf/${this.#program}",version="(devel)"} 1`,
      `# TYPE ${name} gauge`,
      `${name}{goversion="go1.26.1",revision="4f2c1e9",version="${this.#version}"} 1`,
      '# TYPE process_start_time_seconds gauge',
      `process_start_time_seconds ${this.#startedAt.toExponential()}`,
      '# TYPE process_resident_memory_bytes gauge',
      // All instances of the demonstration share one process.
      `process_resident_memory_bytes ${Math.round(rss / 8)}`,
      '# TYPE process_cpu_seconds_total counter',
      `process_cpu_seconds_total ${(process.cpuUsage().user / 1e6 / 8).toFixed(2)}`,
      '# HELP kafka_consumer_records_total Records handled.',
      '# TYPE kafka_consumer_records_total counter',
      ...this.#each((labels, { records }) => [`kafka_consumer_records_total{${labels}} ${records}`]),
      '# TYPE kafka_consumer_errors_total counter',
      ...this.#each((labels, { errors }) => [`kafka_consumer_errors_total{${labels}} ${errors}`]),
      '# HELP kafka_consumer_handle_seconds Time from reading a record to its effect.',
      '# TYPE kafka_consumer_handle_seconds histogram',
      ...this.#each((labels, { buckets, records, seconds }) => [
        ...BOUNDS.map((bound, at) => `kafka_consumer_handle_seconds_bucket{${labels},le="${bound}"} ${buckets[at]}`),
        `kafka_consumer_handle_seconds_bucket{${labels},le="+Inf"} ${records}`,
        `kafka_consumer_handle_seconds_sum{${labels}} ${seconds.toFixed(6)}`,
        `kafka_consumer_handle_seconds_count{${labels}} ${records}`,
      ]),
    ];
    return `${lines.join('\n')}\n`;
  }

  #each(
    lines: (labels: string, of: { records: number; errors: number; seconds: number; buckets: number[] }) => string[],
  ): string[] {
    return [...this.#topics].flatMap(([topic, counts]) => lines(`group="${this.#group}",topic="${topic}"`, counts));
  }
}
