// Express, jsonwebtoken, bcryptjs and better-sqlite3 as tutorials on access and refresh tokens put them together: the user's row is
// loaded at each call; each user has one refresh token, stored as it is, compared and overwritten at a refresh.
import bcrypt from "bcryptjs";
import express from "express";
import jwt from "jsonwebtoken";
import { hashSeedPassword, listen, openDatabase, seedUsers, settings } from "./shared.mjs";

const accessSecret = `access-${settings.secret}`;
const refreshSecret = `refresh-${settings.secret}`;
const cookieOptions = { httpOnly: true, secure: true };

const database = openDatabase();
database.exec(`CREATE TABLE IF NOT EXISTS users (
  id INTEGER PRIMARY KEY,
  username TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password TEXT NOT NULL,
  refresh_token TEXT,
  created_at INTEGER NOT NULL
)`);

const signAccess = ({ id, username, email }) => jwt.sign({ id, username, email }, accessSecret, { expiresIn: "1h" });
const signRefresh = ({ id }) => jwt.sign({ id }, refreshSecret, { expiresIn: "10d" });

function seed() {
  const password = hashSeedPassword();
  const token = signRefresh({ id: 0 });
  const insert = database.prepare(
    "INSERT INTO users (username, email, name, password, refresh_token, created_at) VALUES (?, ?, ?, ?, ?, ?)",
  );
  seedUsers(database, (index) => {
    const name = `user${index}`;
    insert.run(name, `${name}@example.test`, `User ${index}`, password, `${token}${index}`, Date.now());
  });
}

function cookieOf(request, name) {
  const cookies = (request.headers.cookie ?? "").split("; ");
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1);
}

function sendTokens(response, user) {
  const tokens = { accessToken: signAccess(user), refreshToken: signRefresh(user) };
  database.prepare("UPDATE users SET refresh_token = ? WHERE id = ?").run(tokens.refreshToken, user.id);
  response.cookie("accessToken", tokens.accessToken, cookieOptions);
  response.cookie("refreshToken", tokens.refreshToken, cookieOptions);
  return response.json(tokens);
}

const reject = (response, message) => response.status(401).json({ message });

function verifyAccess(request, response, next) {
  const token = cookieOf(request, "accessToken") ?? request.headers.authorization?.replace("Bearer ", "");
  if (!token) return reject(response, "Unauthorized request");
  try {
    const { id } = jwt.verify(token, accessSecret);
    request.user = database.prepare("SELECT id, username, email, name FROM users WHERE id = ?").get(id);
  } catch {
    return reject(response, "Invalid access token");
  }
  return request.user ? next() : reject(response, "Invalid access token");
}

async function login(request, response) {
  const { email, password } = request.body;
  const user = database.prepare("SELECT * FROM users WHERE email = ?").get(email);
  if (!user || !(await bcrypt.compare(password, user.password))) return reject(response, "Invalid credentials");
  return sendTokens(response, user);
}

function refresh(request, response) {
  const token = cookieOf(request, "refreshToken") ?? request.body?.refreshToken;
  if (!token) return reject(response, "Unauthorized request");
  let user;
  try {
    user = database.prepare("SELECT * FROM users WHERE id = ?").get(jwt.verify(token, refreshSecret).id);
  } catch {
    return reject(response, "Invalid refresh token");
  }
  if (user?.refresh_token !== token) return reject(response, "Refresh token is expired or used");
  return sendTokens(response, user);
}

function createApp() {
  const app = express();
  app.use(express.json());
  app.get("/health", (_request, response) => response.json("ok"));
  app.post("/login", login);
  app.post("/refresh", refresh);
  app.get("/me", verifyAccess, (request, response) => response.json({ user: request.user }));
  return app;
}

if (settings.seeds) seed();
else listen(createApp());
