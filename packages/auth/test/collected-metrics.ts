import type { Meter } from "@opentelemetry/api";
import { AggregationTemporality, DataPointType, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { expect } from "vitest";

/** Collects when it is asked to, and keeps nothing. */
class Reader extends MetricReader {
  constructor() {
    super({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE });
  }
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Metrics on the real SDK, and what an exporter would send. */
export function collectedMetrics<Metrics>(create: (meter: Meter) => Metrics) {
  const reader = new Reader();
  const metrics = create(new MeterProvider({ readers: [reader] }).getMeter("watchword"));
  async function collected() {
    const { resourceMetrics, errors } = await reader.collect();
    expect(errors).toEqual([]);
    return resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
  }
  /** Each row of attributes with its number, such as `{ "rotated": 2 }`. */
  async function numbers(name: string): Promise<Record<string, number>> {
    const metric = (await collected()).find(({ descriptor }) => descriptor.name === name);
    if (!metric || metric.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM) return {};
    return Object.fromEntries(
      metric.dataPoints.map(({ attributes, value }) => [
        Object.values(attributes).join(" "),
        typeof value === "number" ? value : value.count,
      ]),
    );
  }
  return { metrics, collected, numbers };
}
