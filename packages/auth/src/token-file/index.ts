export { type FileLockOptions, withFileLock } from "./file-lock.ts";
export {
  createFileTokenStore,
  type FileTokenStore,
  openTokenFile,
  type TokenFile,
  type TokenFileOptions,
} from "./token-file.ts";
export { codeOf, TokenFileError, type TokenFileErrorReason } from "./token-file-error.ts";
