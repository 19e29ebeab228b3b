import { expect, it } from "vitest";
import { mistypedNames } from "./setting-names.ts";

const known = [
  "PORT",
  "LISTEN_ADDRESS",
  "APP_URL",
  "DATABASE_URL",
  "AUTH_SECRET",
  "ACCESS_TOKEN_TTL_SECONDS",
  "BCRYPT_COST",
  "MAIL_FROM",
  "TRUSTED_PROXY_HOPS",
  "TRUSTED_PROXIES",
  "HTTP_MAX_HEADER_BYTES",
  "HTTP_BODY_TIMEOUT_SECONDS",
  "HTTP_KEEP_ALIVE_SECONDS",
  "LIMIT_LOGIN_PER_ADDRESS",
  "UPLOAD_MAX_BYTES",
  "KEEP_TIMELINE_DAYS",
];

it.each([
  ["PROT", "PORT"],
  ["APP_ULR", "APP_URL"],
  ["app_url", "APP_URL"],
  ["APPURL", "APP_URL"],
  ["APP-URL", "APP_URL"],
  ["DATABASE_URI", "DATABASE_URL"],
  ["AUTH_SECERT", "AUTH_SECRET"],
  ["AUTH_SECRETS", "AUTH_SECRET"],
  ["ACCESS_TOKEN_TTL", "ACCESS_TOKEN_TTL_SECONDS"],
  ["ACCESS_TOKEN_TTL_MINUTES", "ACCESS_TOKEN_TTL_SECONDS"],
  ["BCRYPT_ROUNDS", "BCRYPT_COST"],
  ["TRUSTED_PROXY_HOP", "TRUSTED_PROXY_HOPS"],
  ["TRUSTED_PROXY_COUNT", "TRUSTED_PROXY_HOPS"],
  ["HTTP_MAX_HEADER_SIZE", "HTTP_MAX_HEADER_BYTES"],
  ["HTTP_BODY_TIMEOUT_MS", "HTTP_BODY_TIMEOUT_SECONDS"],
  ["LIMIT_LOGIN_PER_IP", "LIMIT_LOGIN_PER_ADDRESS"],
  ["UPLOAD_MAX_SIZE", "UPLOAD_MAX_BYTES"],
  ["KEEP_TIMELINE_MONTHS", "KEEP_TIMELINE_DAYS"],
])("mistypedNames() takes %s for %s", (name, meant) => {
  expect(mistypedNames({ [name]: "1" }, known)).toEqual([`${name}: there is no such setting. Did you mean ${meant}?`]);
});

it("mistypedNames() leaves the names of other programs alone", () => {
  const foreign =
    "PATH HOME HOST HOSTNAME USER PWD LANG TZ TERM SHELL HTTP_PROXY HTTPS_PROXY http_proxy NO_PROXY HTTP_HOST HTTP_ACCEPT NODE_ENV NODE_OPTIONS PORTS_DIR APP_ENV APP_NAME APP_KEY DATABASE_NAME DATABASE_HOST AUTH_URL AUTH_TRUST_HOST AUTH_GITHUB_ID NEXTAUTH_SECRET NEXTAUTH_URL ACCESS_TOKEN ACCESS_TOKEN_SECRET REFRESH_TOKEN LISTEN_FDS LISTEN_PID MAIL_HOST MAILER_DSN SMTP_HOST SIGNING_KEY_ID UPLOAD_ERROR npm_config_user_agent npm_lifecycle_event OTEL_SERVICE_NAME CI GITHUB_TOKEN SSH_AUTH_SOCK DBUS_SESSION_BUS_ADDRESS XDG_SESSION_ID INIT_CWD".split(
      " ",
    );
  expect(mistypedNames(Object.fromEntries(foreign.map((name) => [name, "1"])), known)).toEqual([]);
});

it("mistypedNames() takes a close name for another program's where the setting is there as well", () => {
  expect(mistypedNames({ EMAIL_FROM: "a", MAIL_FROM: "b" }, known)).toEqual([]);
});
