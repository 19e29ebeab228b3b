/** A body without an end: each read gives 16 KiB of spaces. `pulled` says how many reads there were. */
export function endlessBody(): { stream: ReadableStream<Uint8Array>; pulled: () => number } {
  let pulled = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(16 * 1024).fill(0x20));
    },
  });
  return { stream, pulled: () => pulled };
}
