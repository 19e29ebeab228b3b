// How much memory V8 may take for objects, by the setting HEAP_LIMIT_MB. Plain JavaScript, because `npm start` asks it before the
// server runs: V8 reads it once, as an option of the process.

/**
 * Without a limit V8 takes a share of the machine's memory for one, and collects the less the more it may keep: after some thousand
 * pages the process held twice what it needs. This is more than three times the most that was seen at once (bench/README.md).
 */
export const defaultHeapLimitMb = 512;

/** The app starts and serves within it; less is a mistake. */
const leastMb = 128;

const problem = `HEAP_LIMIT_MB: use a whole number of megabytes from ${leastMb} to 65536`;

/**
 * @param {Record<string, string | undefined>} environment
 * @returns {{ options: string[] } | { problem: string }} options of Node; none where NODE_OPTIONS has a limit of its own
 */
export function heapLimit({ HEAP_LIMIT_MB, NODE_OPTIONS = "" }) {
  const asked = HEAP_LIMIT_MB?.trim();
  if (!asked && /--max[-_](?:old[-_]space|heap)[-_]size/.test(NODE_OPTIONS)) return { options: [] };
  const megabytes = asked || String(defaultHeapLimitMb);
  if (!/^\d{1,5}$/.test(megabytes) || Number(megabytes) < leastMb || Number(megabytes) > 65_536) return { problem };
  return { options: [`--max-old-space-size=${Number(megabytes)}`] };
}
