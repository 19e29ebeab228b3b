interface HeapLimit {
  defaultHeapLimitMb: number;
  heapLimit(environment: object): { options?: string[] };
}

// By its address, as the bench starts the server: it is no part of a package's interface.
const limit: HeapLimit = await import(new URL("../apps/web/heap-limit.mjs", import.meta.url).href);

export const { defaultHeapLimitMb } = limit;

/** The options of V8 with which `npm start` starts the product. Pages are measured against servers that have the same. */
export const heapOptions: readonly string[] = limit.heapLimit({}).options ?? [];
