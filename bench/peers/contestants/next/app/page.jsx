import { connection } from "next/server";

/** Empty, and made at each request, as a page with a nonce of its own has to be. */
export default async function Page() {
  await connection();
  return (
    <main>
      <h1>Hello</h1>
    </main>
  );
}
