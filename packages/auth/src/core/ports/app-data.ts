/** What the app keeps of its users beside their login. The rules do not know what that is. */
export interface AppData {
  /** For a user's export: whatever JSON can say, under names of the app's own. */
  describe(userId: string): Promise<Record<string, unknown>>;
  /** Called before a user goes. Returns what clears away the rest, such as files on a disk, once their rows are gone. */
  forget(userId: string): Promise<() => Promise<void>>;
}
