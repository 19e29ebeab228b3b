export type { Change, ChangeFeed } from "./change-feed.ts";
export { createDiskBlobStore } from "./disk-blobs.ts";
export { contentDisposition } from "./file-name.ts";
export {
  type BlobStore,
  type FileOwner,
  type FilePlace,
  type FileQuota,
  type FileRecord,
  type FileStore,
  type NewFile,
  type UploadOutcome,
  type UploadTimes,
  uploadTimesAt,
} from "./file-store.ts";
export {
  describeFile,
  type FileOutput,
  type FilesOptions,
  type OpenFile,
  openFile,
  removeAbandonedUploads,
  removeOrphanedBlobs,
} from "./files.ts";
export { createFilesData } from "./files-data.ts";
export type { LiveChange } from "./live.ts";
export { type AppCaller, type AppOptions, type AppRouter, createAppCaller, createAppRouter } from "./root.ts";
export { createUploads, type Uploads } from "./uploads.ts";
