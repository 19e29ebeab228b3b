import type { Role, StoredUser } from "../../core/domain/model.ts";
import type { UserSearch } from "../../core/ports/account-store.ts";

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

export function findUsers(users: Users, { by, prefix, after, limit }: UserSearch): StoredUser[] {
  const key = by === "username" ? "usernameKey" : "emailKey";
  return [...users.values()]
    .filter((user) => user[key].startsWith(prefix) && compareOctets(user[key], after) > 0)
    .filter((user) => by === "username" || !user.usernameKey.startsWith(prefix))
    .sort((one, other) => compareOctets(one[key], other[key]))
    .slice(0, limit);
}

/** In UTF-8, as a database does; JavaScript compares the halves of characters. */
function compareOctets(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
