import type { MailLinkUse, MailStore, RegistrationLinkRecord } from "../core/mail-store.ts";
import type { AuthStore, NewUser } from "../core/store.ts";

interface Around {
  users: Map<string, NewUser>;
  atomically<T>(method: keyof AuthStore, work: () => T): Promise<T>;
}

type Methods = Pick<MailStore, "putRegistrationLink" | "findRegistrationLink" | "removeOldRegistrationLinks">;

export interface MemoryRegistrationLinks {
  methods: Methods;
  /** The living link of that address; `remove` is for whoever has made the account. */
  living(use: MailLinkUse & { emailKey: string }): { remove(): void } | undefined;
}

/** Links that belong to an address and to no user, in memory. */
export function createMemoryRegistrationLinks({ users, atomically }: Around): MemoryRegistrationLinks {
  /** By address: each has one. */
  const links = new Map<string, RegistrationLinkRecord>();
  const isFree = (emailKey: string) => [...users.values()].every((user) => user.emailKey !== emailKey);
  const find = ({ secretHash, now }: MailLinkUse) =>
    [...links.values()].find(
      (link) => Buffer.compare(link.secretHash, secretHash) === 0 && link.expiresAt > now && isFree(link.emailKey),
    );
  const removeOld = (before: number) => {
    const old = [...links.values()].filter((link) => link.expiresAt <= before);
    for (const { emailKey } of old) links.delete(emailKey);
    return old.length;
  };
  return {
    methods: {
      putRegistrationLink: (link) =>
        atomically("putRegistrationLink", () => {
          if (!isFree(link.emailKey)) return false;
          links.set(link.emailKey, { ...link, secretHash: Uint8Array.from(link.secretHash) });
          return true;
        }),
      findRegistrationLink: (use) =>
        atomically("findRegistrationLink", () => {
          const link = find(use);
          return link && { email: link.email };
        }),
      removeOldRegistrationLinks: ({ before }) => atomically("removeOldRegistrationLinks", () => removeOld(before)),
    },
    living({ emailKey, ...use }) {
      return find(use)?.emailKey === emailKey ? { remove: () => links.delete(emailKey) } : undefined;
    },
  };
}
