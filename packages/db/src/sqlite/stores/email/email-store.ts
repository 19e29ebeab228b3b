import { type EmailStore, emailLinkKinds } from "@watchword/auth/core";
import { and, eq, gt, or, type SQL } from "drizzle-orm";
import type { SqliteConnection } from "../../connection/connection.ts";
import { mailLinks, registrationLinks } from "../../schema.ts";
import { given } from "../placeholders.ts";
import type { SideWrites } from "../side-writes.ts";
import { createSqliteEmailLinks } from "./email-links.ts";
import { createSqliteOutbox } from "./email-outbox.ts";
import { createSqliteRegistrationLinks } from "./email-registration.ts";

/** Links in emails, and emails that wait, in SQLite. */
export function createSqliteEmailStore(connection: SqliteConnection, writes: SideWrites): EmailStore {
  return {
    ...createSqliteEmailLinks(connection, writes),
    ...createSqliteRegistrationLinks(connection),
    ...createSqliteFutureLinks(connection),
    ...createSqliteOutbox(connection),
  };
}

/** Links of both kinds that a clock of the future has made. */
function createSqliteFutureLinks({ orm, write }: SqliteConnection): Pick<EmailStore, "removeFutureLinks"> {
  const ofUsers = orm.delete(mailLinks).where(isOfFuture()).prepare();
  const ofAddresses = orm
    .delete(registrationLinks)
    .where(gt(registrationLinks.expiresAt, given("register")))
    .prepare();
  return { removeFutureLinks: (latest) => write(() => ofUsers.run(latest).changes + ofAddresses.run(latest).changes) };
}

function isOfFuture(): SQL | undefined {
  return or(...emailLinkKinds.map((kind) => and(eq(mailLinks.kind, kind), gt(mailLinks.expiresAt, given(kind)))));
}
