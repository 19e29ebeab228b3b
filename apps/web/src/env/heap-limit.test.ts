import { expect, it } from "vitest";
import { defaultHeapLimitMb, heapLimit } from "../../heap-limit.mjs";

const limit = (megabytes: number) => ({ options: [`--max-old-space-size=${megabytes}`] });

it.each<[environment: Record<string, string>, expected: ReturnType<typeof heapLimit>]>([
  [{}, limit(defaultHeapLimitMb)],
  [{ HEAP_LIMIT_MB: "" }, limit(defaultHeapLimitMb)],
  [{ HEAP_LIMIT_MB: " 1024 " }, limit(1_024)],
  [{ HEAP_LIMIT_MB: "128" }, limit(128)],
  [{ HEAP_LIMIT_MB: "65536" }, limit(65_536)],
  [{ NODE_OPTIONS: "--max-old-space-size=300" }, { options: [] }],
  [{ NODE_OPTIONS: "--enable-source-maps --max_old_space_size=300" }, { options: [] }],
  [{ NODE_OPTIONS: "--max-old-space-size=300", HEAP_LIMIT_MB: "400" }, limit(400)],
  [{ NODE_OPTIONS: "--enable-source-maps" }, limit(defaultHeapLimitMb)],
])("of %j the limit is %j", (environment, expected) => {
  expect(heapLimit(environment)).toEqual(expected);
});

it.each(["127", "65537", "0", "-1", "1e3", "512MB", "0x200", "99999999999"])(
  "rejects HEAP_LIMIT_MB=%s by its name",
  (text) => {
    expect(heapLimit({ HEAP_LIMIT_MB: text })).toEqual({ problem: expect.stringMatching(/^HEAP_LIMIT_MB: use /) });
  },
);
