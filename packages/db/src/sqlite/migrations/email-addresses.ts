import { canonicalEmail, emailKey } from "@watchword/auth/core";
import type { SqliteConnection } from "../connection/connection.ts";

/** So many rows at a time, of those with an address beyond ASCII. */
const step = 500;

/**
 * Brings addresses that an earlier version stored as they were typed, and their keys, into the form that mail is sent to: SQL
 * cannot make it. Only addresses beyond ASCII can differ, and an index holds those alone, so that a start reads few rows and
 * takes the write lock only where there is one to change.
 *
 * Where the form is another account's already, because one mailbox was registered in two spellings, the row stays as it is:
 * no start takes an account away, and its owner logs in with the username.
 */
export function carryOverEmails(client: SqliteConnection["client"]): void {
  const has = client.prepare(`SELECT 1 FROM pragma_table_info('mail_links') WHERE name = 'session_id'`);
  if (!has.get()) return; // the migrations of an earlier version
  const beyondAscii = client.prepare<[string, number], Row>(
    `SELECT id, email, email_key AS key FROM users WHERE email GLOB '*[^ -~]*' AND email > ? ORDER BY email LIMIT ?`,
  );
  const change = client.prepare<[string, string, string, string, string], unknown>(
    `UPDATE OR IGNORE users SET email = ?, email_key = ? WHERE id = ? AND email = ? AND email_key = ?`,
  );
  // A link that is on its way stays good: it is bound to the address, which is the same one.
  const changeLinks = client.prepare<[string, string, string], unknown>(
    `UPDATE mail_links SET email_key = ? WHERE user_id = ? AND email_key = ?`,
  );
  const changeAll = client.transaction((rows: Array<Row & Carried>) => {
    for (const { id, email, key, toEmail, toKey } of rows) {
      if (change.run(toEmail, toKey, id, email, key).changes === 1) changeLinks.run(toKey, id, key);
    }
  });
  for (let rows = beyondAscii.all("", step); rows.length > 0; rows = beyondAscii.all(rows.at(-1)?.email ?? "", step)) {
    const carried = rows.map((row) => ({ ...row, toEmail: canonicalEmail(row.email), toKey: emailKey(row.email) }));
    const changed = carried.filter(({ email, key, toEmail, toKey }) => toEmail !== email || toKey !== key);
    // What is no address by today's rules is left alone: there is no form that mail could be sent to.
    const readable = changed.filter(({ toEmail, toKey }) => !toKey.endsWith("@") && emailKey(toEmail) === toKey);
    if (readable.length > 0) changeAll.immediate(readable);
  }
}

interface Row {
  id: string;
  email: string;
  key: string;
}

interface Carried {
  toEmail: string;
  toKey: string;
}
