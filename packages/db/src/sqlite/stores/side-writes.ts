import { type EmailVoiding, prepareEmailVoiding } from "./email/email-voiding.ts";
import type { Orm } from "./placeholders.ts";
import { prepareSessionEnd, type SessionEnd } from "./session/session-end.ts";
import { prepareSessionLog, type SessionLog } from "./session/session-log.ts";

/** What the stores write beyond their own rows, each in the transaction of its operation. */
export interface SideWrites {
  log: SessionLog;
  sessionEnd: SessionEnd;
  emails: EmailVoiding;
}

export function prepareSideWrites(orm: Orm): SideWrites {
  const log = prepareSessionLog(orm);
  return { log, sessionEnd: prepareSessionEnd(orm, log), emails: prepareEmailVoiding(orm) };
}
