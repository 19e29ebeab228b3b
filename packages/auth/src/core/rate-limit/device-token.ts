import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { RandomBytes } from "../domain/clock.ts";
import type { IssuedTokens } from "../domain/model.ts";

/**
 * A device token shows that this device has logged in to this account before (OWASP's "device cookie"). It authenticates
 * nothing: it only counts the tries of this device apart, so that an attacker who guesses passwords cannot make the user wait.
 * It outlives the session, and a thief of it gets as many tries as that device has.
 */
export interface DeviceTokens {
  /** The device's id, where the token is ours and of this user; undefined for anything else. */
  read(token: string | undefined, userId: string): string | undefined;
  /** A token for a device that has just logged in; the same device keeps its id. */
  issue(userId: string, deviceId?: string): string;
  /**
   * The new login with its device's token. In browsers alone: a client with a body keeps one token. Also where one is asked to
   * forget the login, because the token names no user, and a user who logs in each day needs it most.
   */
  remember(issued: IssuedTokens, former?: string): IssuedTokens;
}

const idBytes = 16;
const shape = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/** @param secrets the first signs, any of them verifies */
export function createDeviceTokens(secrets: readonly string[], randomBytes: RandomBytes): DeviceTokens {
  const keys = secrets.map((secret) => Buffer.from(hkdfSync("sha256", secret, "", "watchword/device/v1", 32)));
  const sign = (key: Buffer, deviceId: string, userId: string) =>
    createHmac("sha256", key)
      .update(JSON.stringify([deviceId, userId]))
      .digest();
  const read: DeviceTokens["read"] = (token, userId) => {
    const [, deviceId, given] = shape.exec(token ?? "") ?? [];
    if (deviceId === undefined || given === undefined) return undefined;
    const seen = Buffer.from(given, "base64url");
    return keys.some((key) => timingSafeEqual(seen, sign(key, deviceId, userId))) ? deviceId : undefined;
  };
  const issue: DeviceTokens["issue"] = (userId, deviceId = Buffer.from(randomBytes(idBytes)).toString("base64url")) => {
    const [key] = keys;
    if (!key) throw new Error("There is no secret to sign with");
    return `${deviceId}.${sign(key, deviceId, userId).toString("base64url")}`;
  };
  return {
    read,
    issue,
    remember(issued, former) {
      const { user, session } = issued;
      if (session.delivery === "body") return issued;
      return { ...issued, deviceToken: issue(user.id, read(former, user.id)) };
    },
  };
}
