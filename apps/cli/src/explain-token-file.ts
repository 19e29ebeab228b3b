import type { TokenFileError, TokenFileErrorReason } from "@watchword/auth/token-file";
import { CliError } from "./cli-error.ts";

interface TokenFileMessage {
  reason: "token_file_unsafe" | "token_file_unusable";
  /** Replaces the message of the library. */
  message?: string;
  next?: string;
}

const otherFile = "Name another file in WATCHWORD_TOKEN_FILE";

/** The messages of a command whose file is named in the environment. */
const messages: Record<TokenFileErrorReason, TokenFileMessage> = {
  folder_open_to_others: { reason: "token_file_unsafe" },
  symbolic_link: {
    reason: "token_file_unsafe",
    next: "Name the file itself in WATCHWORD_TOKEN_FILE, or remove the link",
  },
  not_a_token_file: { reason: "token_file_unsafe", next: otherFile },
  belongs_to_another_user: { reason: "token_file_unsafe", next: otherFile },
  newer_version: {
    reason: "token_file_unusable",
    message: "The file of logins was written by a newer version of this command",
    next: "Update watchword, or name another file in WATCHWORD_TOKEN_FILE",
  },
  unusable: {
    reason: "token_file_unusable",
    next: "See to its folder and the room on the disk, or name another file in WATCHWORD_TOKEN_FILE",
  },
};

export function explainTokenFile(error: TokenFileError): CliError {
  const { reason, message = error.message, next = error.next } = messages[error.reason];
  return new CliError(message, { reason, next, cause: error });
}
