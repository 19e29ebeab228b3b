import { openSqlite } from "../connection/connection.ts";
import { migrateSqlite } from "./migrate.ts";

/** Says "ready", and migrates with each folder that it is sent: `node migrate.child.mjs <database>`. */
const [file = ""] = process.argv.slice(2);
process.on("message", (migrationsFolder: string) => {
  const connection = openSqlite({ file });
  migrateSqlite(connection, { migrationsFolder });
  connection.close();
  process.send?.("migrated");
});
process.once("disconnect", () => process.exit());
process.send?.("ready");
