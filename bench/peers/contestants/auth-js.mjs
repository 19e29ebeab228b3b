// Auth.js with its default session, an encrypted JWT in a cookie, and the credentials provider over SQLite and bcryptjs. A tRPC
// context asks the session action in the process, as `auth()` of next-auth does. Nothing is stored, so nothing can be revoked.
import { Auth, skipCSRFCheck } from "@auth/core";
import Credentials from "@auth/core/providers/credentials";
import bcrypt from "bcryptjs";
import { hashSeedPassword, listen, openDatabase, seedUsers, serveProtected, settings } from "./shared.mjs";

const database = openDatabase();
database.exec(`CREATE TABLE IF NOT EXISTS users (
  id INTEGER PRIMARY KEY,
  username TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL UNIQUE,
  password TEXT NOT NULL
)`);

const silent = () => undefined;
const options = {
  secret: settings.secret,
  trustHost: true,
  basePath: "/api/auth",
  skipCSRFCheck,
  session: { strategy: "jwt" },
  logger: { error: silent, warn: silent, debug: silent },
  providers: [Credentials({ credentials: { email: {}, password: {} }, authorize })],
};

async function authorize({ email, password }) {
  const user = database.prepare("SELECT * FROM users WHERE email = ?").get(email);
  if (!user || !(await bcrypt.compare(password, user.password))) return null;
  return { id: String(user.id), name: user.username, email: user.email };
}

function seed() {
  const password = hashSeedPassword();
  const insert = database.prepare("INSERT INTO users (username, email, password) VALUES (?, ?, ?)");
  seedUsers(database, (index) => insert.run(`user${index}`, `user${index}@example.test`, password));
}

async function userOf({ headers: { cookie = "" } }) {
  const response = await Auth(new Request(`${settings.origin}/api/auth/session`, { headers: { cookie } }), options);
  return (await response.json())?.user ?? null;
}

async function handleAuth(incoming, outgoing) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { method, url, headers } = incoming;
  const body = method === "GET" ? undefined : Buffer.concat(chunks);
  const response = await Auth(new Request(`${settings.origin}${url}`, { method, headers, body }), options);
  const text = await response.text();
  const cookies = response.headers.getSetCookie();
  outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), "set-cookie": cookies }).end(text);
}

if (settings.seeds) seed();
else {
  const handleCall = serveProtected(userOf);
  listen((request, response) =>
    request.url.startsWith("/trpc/") ? handleCall(request, response) : handleAuth(request, response),
  );
}
