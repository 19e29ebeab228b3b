import { createAuditRecorder } from "./audit/log.ts";
import { createCredentialKinds } from "./credentials/kinds.ts";
import { createEqualWork } from "./credentials/password/equal-work.ts";
import { createSecretData } from "./credentials/secret-data.ts";
import type { AuthEvent } from "./domain/events.ts";
import type { AuthSettings } from "./domain/settings.ts";
import { createEmailSender } from "./email/outbox.ts";
import type { AuthDeps } from "./flows/deps.ts";
import type { AuthOptions } from "./options.ts";
import { createDeviceTokens } from "./rate-limit/device-token.ts";
import { createInFlightLimit } from "./rate-limit/in-flight-limit.ts";
import { createRateLimiter } from "./rate-limit/limiter.ts";
import { createOneAtATime } from "./rate-limit/one-at-a-time.ts";

/** What the flows share, made of what an app passes in. */
export function createDeps(options: AuthOptions, settings: AuthSettings): AuthDeps {
  const { store, clock, randomBytes, appData, rateLimitCounter } = options;
  const log = createEventLog(options);
  const record = createAuditRecorder(options, log);
  return {
    store,
    passwords: createEqualWork(options),
    credentialKinds: createCredentialKinds(options.credentialKinds ?? []),
    secretData: createSecretData(options.secrets),
    clock,
    randomBytes,
    appData,
    settings,
    passwordPolicy: {
      minLength: settings.passwordMinLength,
      siteWords: siteWordsOf(options.issuer),
      isLeaked: options.isLeakedPassword,
    },
    limits: {
      idleMs: settings.refreshIdleSeconds * 1000,
      retryWindowMs: settings.retryWindowSeconds * 1000,
      reissueWindowMs: settings.reissueWindowSeconds * 1000,
      notBefore: settings.sessionsNotBefore,
    },
    rateLimiter: createRateLimiter({ counter: rateLimitCounter, rules: options.rateLimitRules }),
    devices: rateLimitCounter && createDeviceTokens(options.secrets, randomBytes),
    limitInFlight: createInFlightLimit(rateLimitCounter ? undefined : Number.POSITIVE_INFINITY),
    oneAtATime: createOneAtATime(),
    emit(event, client) {
      log(event);
      record(event, client);
    },
    sendEmail: createEmailSender({ ...options, settings }, log),
  };
}

function createEventLog({ onEvent }: Pick<AuthOptions, "onEvent">): (event: AuthEvent) => void {
  return (event) => {
    try {
      onEvent?.(event);
    } catch {
      // A log that cannot be written must not decide whether a user may log in.
    }
  };
}

/** Without what every address has: of "login.example.org" only "example" is left, and of "localhost" nothing. */
function siteWordsOf(issuer: string): string[] {
  const common = new Set(["www", "app", "login", "auth", "localhost", "com", "org", "net"]);
  return new URL(issuer).hostname.split(".").filter((label) => label.length > 3 && !common.has(label));
}
