import type { LinkEnds, StoredUser } from "../../core/domain/model.ts";
import type { EmailLinkQuery, EmailStore, RegistrationLink } from "../../core/ports/email-store.ts";
import type { AuthStore } from "../../core/ports/store.ts";

interface RegistrationDeps {
  users: Map<string, StoredUser>;
  atomically<T>(method: keyof AuthStore, work: () => T): Promise<T>;
}

type Methods = Pick<EmailStore, "putRegistrationLink" | "findRegistrationLink" | "removeOldRegistrationLinks">;

export interface MemoryRegistrationLinks {
  methods: Methods;
  /** Removes those that end later than that. Returns how many. */
  removeFuture(latest: number): number;
  /** The living link of that address; `remove` is for the caller that has made the account. */
  living(query: EmailLinkQuery & { emailKey: string }): { remove(): void } | undefined;
}

/** Links that belong to an address and to no user, in memory. */
export function createMemoryRegistrationLinks({ users, atomically }: RegistrationDeps): MemoryRegistrationLinks {
  /** By address: each has one. */
  const links = new Map<string, RegistrationLink>();
  const isFree = (emailKey: string) => [...users.values()].every((user) => user.emailKey !== emailKey);
  const find = ({ secretHash, ...ends }: EmailLinkQuery) =>
    [...links.values()].find(
      (link) => Buffer.compare(link.secretHash, secretHash) === 0 && endsWithin(link, ends) && isFree(link.emailKey),
    );
  const removeWhere = (isOver: (link: RegistrationLink) => boolean) => {
    const over = [...links.values()].filter(isOver);
    for (const { emailKey } of over) links.delete(emailKey);
    return over.length;
  };
  return {
    methods: {
      putRegistrationLink: (link) =>
        atomically("putRegistrationLink", () => {
          if (!isFree(link.emailKey)) return false;
          links.set(link.emailKey, { ...link, secretHash: Uint8Array.from(link.secretHash) });
          return true;
        }),
      findRegistrationLink: (query) =>
        atomically("findRegistrationLink", () => {
          const link = find(query);
          return link && { email: link.email };
        }),
      removeOldRegistrationLinks: ({ before }) =>
        atomically("removeOldRegistrationLinks", () => removeWhere(({ expiresAt }) => expiresAt <= before)),
    },
    removeFuture: (latest) => removeWhere(({ expiresAt }) => expiresAt > latest),
    living({ emailKey, ...query }) {
      return find(query)?.emailKey === emailKey ? { remove: () => links.delete(emailKey) } : undefined;
    },
  };
}

export function endsWithin({ expiresAt }: { expiresAt: number }, { endsAfter, endsBy }: LinkEnds): boolean {
  return expiresAt > endsAfter && expiresAt <= endsBy;
}
