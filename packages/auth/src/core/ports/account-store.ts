import type { NewUser, Role, StoredSession, User } from "../domain/model.ts";
import type { EmailLinkQuery } from "./email-store.ts";

/** The port to the accounts. Part of `AuthStore`; its rules apply. */
export interface AccountStore {
  /**
   * Adds a user, and the session of this first login where the account begins with one. Atomic: all rows or none; of two concurrent calls with the same
   * `usernameKey`, `usernameSkeleton` or `emailKey` exactly one returns `created`. A username that only looks like another is
   * `username_taken` too, and that comes before `email_taken`.
   *
   * Given `link`, the same transaction consumes the registration link of that address; without a valid one the outcome is
   * `link_invalid`. It stays unless the account is made.
   */
  createAccount(account: {
    user: NewUser;
    session?: StoredSession | undefined;
    link?: EmailLinkQuery | undefined;
  }): Promise<CreateAccountOutcome>;

  /** Changes a user's name and adds one to `claimsVersion`, in one transaction. False when there is no active user with that id. */
  changeName(change: { userId: string; name: string }): Promise<boolean>;

  /**
   * Disables a user, and revokes all their sessions, links, waiting emails with a link and challenges, in one transaction: none
   * of them comes back when the user is enabled again. `unchanged` when there is no such user or it was disabled before. Atomic: of the active administrators one is always left, however many calls there are at once.
   */
  disableUser(end: { userId: string; now: number }): Promise<"done" | "unchanged" | "last_admin">;

  /** Lets a disabled user log in again; revoked sessions stay revoked. False when there is no disabled user with that id. */
  enableUser(change: { userId: string }): Promise<boolean>;

  /**
   * Gives an active user another role and adds one to `claimsVersion`, in one transaction. `unchanged` when they have it, or
   * there is no active user with that id. Atomic as `disableUser`: the last active administrator stays one.
   */
  setRole(change: { userId: string; role: Role }): Promise<"done" | "unchanged" | "last_admin">;

  /**
   * Users whose username begins so, or whose email does and the username does not; both in canonical form. At most `limit`, in the
   * order of that key, behind the key `after`. Costs as much for a thousand users as for a million, but
   * that it passes over the users whose username begins so as well.
   */
  findUsers(query: UserSearch): Promise<User[]>;

  /**
   * Removes a user with all their rows: sessions, files, links, audit log; their waiting emails with a
   * link are settled. Atomic as `disableUser`: the last active administrator stays. `unchanged` when there is no such user.
   */
  deleteUser(end: { userId: string }): Promise<"done" | "unchanged" | "last_admin">;
}

export interface UserSearch {
  by: "username" | "email";
  prefix: string;
  /** "" for the first. */
  after: string;
  limit: number;
}

export type CreateAccountOutcome = "created" | "username_taken" | "email_taken" | "link_invalid";
