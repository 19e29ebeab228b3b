import { type RateLimitRules, type RateLimitWindow, rateLimitRules } from "@watchword/auth/core";
import { z } from "zod";

/** Such as `5/60,20/3600`: five tries a minute and twenty an hour. */
const shape = /^[1-9]\d{0,5}\/[1-9]\d{0,6}(?:\s*,\s*[1-9]\d{0,5}\/[1-9]\d{0,6}){0,3}$/;

const windows = z
  .string()
  .regex(shape, "use tries/seconds, from 1/1 to 999999/9999999, at most four with commas between: 5/60,20/3600")
  .transform((text): RateLimitWindow[] =>
    text.split(",").map((window) => {
      const [tries, perSeconds] = window.split("/").map(Number);
      return { tries: tries ?? 1, perSeconds: perSeconds ?? 1 };
    }),
  )
  .optional();

/** See `RateLimitRules` for what each counts. */
export const attemptVariables = {
  LIMIT_LOGIN_PER_ACCOUNT_AND_ADDRESS: windows,
  LIMIT_LOGIN_PER_DEVICE: windows,
  LIMIT_LOGIN_PER_ACCOUNT: windows,
  LIMIT_LOGIN_PER_ADDRESS: windows,
  LIMIT_REGISTRATION_PER_ADDRESS: windows,
  LIMIT_MAIL_PER_ADDRESS: windows,
  LIMIT_PASSWORD_PER_SESSION: windows,
  LIMIT_PASSWORD_PER_USER: windows,
  LIMIT_SECOND_FACTOR_PER_ACCOUNT: windows,
};

type AttemptValues = { [Name in keyof typeof attemptVariables]?: RateLimitWindow[] | undefined };

export function readAttemptRules(values: AttemptValues): RateLimitRules {
  return {
    pair: values.LIMIT_LOGIN_PER_ACCOUNT_AND_ADDRESS ?? rateLimitRules.pair,
    device: values.LIMIT_LOGIN_PER_DEVICE ?? rateLimitRules.device,
    account: values.LIMIT_LOGIN_PER_ACCOUNT ?? rateLimitRules.account,
    address: values.LIMIT_LOGIN_PER_ADDRESS ?? rateLimitRules.address,
    registration: values.LIMIT_REGISTRATION_PER_ADDRESS ?? rateLimitRules.registration,
    mail: values.LIMIT_MAIL_PER_ADDRESS ?? rateLimitRules.mail,
    proof: values.LIMIT_PASSWORD_PER_SESSION ?? rateLimitRules.proof,
    userProof: values.LIMIT_PASSWORD_PER_USER ?? rateLimitRules.userProof,
    secondFactor: values.LIMIT_SECOND_FACTOR_PER_ACCOUNT ?? rateLimitRules.secondFactor,
  };
}
