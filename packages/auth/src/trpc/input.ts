import { z } from "zod";
import { auditKinds } from "../core/audit/kinds.ts";
import { roles } from "../core/domain/model.ts";
import { sessionCursorShape } from "../core/domain/session-page.ts";
import { passwordMaxLength } from "../core/domain/settings.ts";
import { userCursorShape } from "../core/domain/user-page.ts";

/**
 * What the procedures take. Strict objects: an unknown field (`role`, `id`, `__proto__`) is rejected, not
 * ignored (ASVS 15.3.3). Every text has a bound, is well-formed Unicode and holds no NUL, or is judged by the rules alone
 * (`judgedText`); the form of a username or an email is checked by the rules (core/identifiers).
 */
const text = (most: number) =>
  z
    .string()
    .max(most, `Use at most ${most} characters`)
    .refine((value) => value.isWellFormed() && !value.includes("\0"), "Leave out characters that no text can hold");

const delivery = z.enum(["cookie", "body"]).optional();
const required = (schema: ReturnType<typeof text>, message: string) => schema.refine((value) => value !== "", message);
/** In UTF-16 units: at least as many as the characters that are allowed, and cheap to count. */
const password = required(text(passwordMaxLength * 2), "Enter a password");
const name = required(text(512), "Enter your name");
const email = required(text(512), "Enter your email address");

/**
 * A text of a form with several fields. The rules judge it alone (length, characters, emptiness), because a schema that
 * rejects one field would hide what is wrong with the others until it is corrected. The size of a request bounds it.
 */
const judgedText = z.string();

export const registerInput = z.strictObject({
  username: judgedText,
  email: judgedText,
  name: judgedText,
  password: judgedText,
  delivery,
});

export const loginInput = z.strictObject({
  identifier: required(text(512), "Enter your username or email address"),
  password,
  delivery,
  rememberMe: z.boolean().optional(),
});

/** The secret of a challenge, with body delivery. The rules check its form. */
const challenge = z.string().max(512).optional();
const method = text(64);
/** A code as it was typed, or what a device answers as JSON: the kind of credential reads it. */
const response = required(text(16_384), "Enter the code");

export const beginSecondFactorInput = z.strictObject({ method, challenge });
export const completeLoginInput = z.strictObject({ method, response, challenge });
export const beginStepUpInput = z.strictObject({ method });
export const confirmInput = z.strictObject({ method, response, challenge });

const refreshToken = z.string().max(512);

export const refreshInput = z.strictObject({ refreshToken: refreshToken.optional() }).optional();

export const logoutInput = z.strictObject({ refreshToken: refreshToken.optional() }).optional();

/** A page of one's timeline, after the name that infinite queries give its beginning: `cursor`. */
const auditLogPage = z.strictObject({
  cursor: z.number().int().positive().nullish(),
  limit: z.number().int().min(1).max(100).optional(),
  /** What TanStack's infinite queries send along. There is only one way through a timeline. */
  direction: z.literal("forward").optional(),
});

export const auditLogInput = auditLogPage
  .extend({ sessionId: z.uuid().optional(), kind: z.enum(auditKinds).optional() })
  .optional();

export const sessionsInput = z
  .strictObject({
    cursor: z.string().regex(sessionCursorShape).nullish(),
    limit: z.number().int().min(1).max(100).optional(),
  })
  .optional();

export const endSessionInput = z.strictObject({ sessionId: z.uuid() });

export const changePasswordInput = z.strictObject({
  currentPassword: text(passwordMaxLength * 2),
  newPassword: judgedText,
  /** For a client without cookies; without it the session keeps its refresh token. */
  refreshToken: refreshToken.optional(),
});

export const confirmPasswordInput = z.strictObject({ password });

export const changeNameInput = z.strictObject({ name });

/** The secret of a link. The rules check its form: all that is no secret gets the same error. */
const link = text(128);

export const requestRegistrationInput = z.strictObject({ email });
export const completeRegistrationInput = z.strictObject({
  link,
  username: judgedText,
  name: judgedText,
  password: judgedText,
  delivery,
});
export const requestPasswordResetInput = z.strictObject({ email });
export const resetPasswordInput = z.strictObject({ link, newPassword: password });
export const verifyEmailInput = z.strictObject({ link });
export const changeEmailInput = z.strictObject({ email });

const userId = z.uuid();

export const findUsersInput = z.strictObject({ text: text(256), cursor: z.string().regex(userCursorShape).nullish() });
export const createUserInput = z.strictObject({ username: judgedText, email: judgedText, name: judgedText });
export const managedUserInput = z.strictObject({ userId });
export const managedSessionInput = z.strictObject({ userId, sessionId: z.uuid() });
export const managedAuditLogInput = auditLogPage.extend({ userId });
export const setRoleInput = z.strictObject({ userId, role: z.enum(roles) });
