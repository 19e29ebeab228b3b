import type { Role, StoredUser } from "../../core/domain/model.ts";

/** What administrators do, over users in memory; each must run without a pause in between. */
type Users = Map<string, StoredUser>;

export function isLastAdmin(users: Users, user: StoredUser): boolean {
  const isActiveAdmin = ({ role, disabledAt }: StoredUser) => role === "admin" && disabledAt === null;
  return isActiveAdmin(user) && ![...users.values()].some((other) => other.id !== user.id && isActiveAdmin(other));
}

export function enableUser(users: Users, userId: string): boolean {
  const user = users.get(userId);
  if (!user || user.disabledAt === null) return false;
  user.disabledAt = null;
  return true;
}

export function setRole(users: Users, userId: string, role: Role) {
  const user = users.get(userId);
  if (!user || user.disabledAt !== null || user.role === role) return "unchanged";
  if (isLastAdmin(users, user)) return "last_admin";
  user.role = role;
  user.claimsVersion += 1;
  return "done";
}

export function findUsers(users: Users, { prefix, limit }: { prefix: string; limit: number }): StoredUser[] {
  const first = (key: "usernameKey" | "emailKey") =>
    [...users.values()]
      .filter((user) => user[key].startsWith(prefix))
      .sort(by(key))
      .slice(0, limit);
  return [...new Set([...first("usernameKey"), ...first("emailKey")])].sort(by("usernameKey"));
}

/** By their octets in UTF-8, as a database does; JavaScript compares the halves of characters. */
function by(key: "usernameKey" | "emailKey") {
  return (a: StoredUser, b: StoredUser) => Buffer.compare(Buffer.from(a[key]), Buffer.from(b[key]));
}
