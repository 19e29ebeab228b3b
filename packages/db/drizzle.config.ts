import { defineConfig } from "drizzle-kit";

/** Where `drizzle-kit generate` finds the tables and puts the migrations. It never opens a database. */
export default defineConfig({
  dialect: "sqlite",
  schema: "./src/sqlite/schema.ts",
  out: "./migrations/sqlite",
});
