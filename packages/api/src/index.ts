export { createDiskBlobStore } from "./disk-blobs.ts";
export { contentDisposition } from "./file-name.ts";
export type { BlobStore, FileRecord, FileStore, NewFile } from "./file-store.ts";
export { type FileAnswer, type FilesOptions, type OpenFile, openFile, removeAbandonedUploads } from "./files.ts";
export { type AppCaller, type AppRouter, createAppCaller, createAppRouter } from "./root.ts";
