/** The data of the app about its users. The rules do not know what that is. */
export interface AppData {
  /** The app's part of a user's export, as JSON under the app's own names. */
  describe(userId: string): Promise<Record<string, unknown>>;
  /** Called before a user is deleted. Returns the cleanup for after that, such as of files on a disk. */
  forget(userId: string): Promise<() => Promise<void>>;
}
