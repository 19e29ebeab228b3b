import type { EndReason } from "@watchword/auth/client";

/** Something that has to be put right before a form is taken. */
export interface Problem {
  /** The `id` and `name` of the input, when it is about one. */
  field?: string;
  /** A whole sentence, without its full stop: the same words stand in the summary and at the input. */
  message: string;
  /** The account belongs to this user already, perhaps: the summary links to the pages that log them in. */
  mayBeYours?: true;
}

/** What a form's action answers. It never holds a password: it is part of the page that comes back. */
export type FormState =
  | {
      status: "new";
      /** What was typed before it was sent once more. */
      typed?: Readonly<Record<string, string>>;
    }
  | {
      status: "refused";
      problems: readonly Problem[];
      /** What was typed, by name, for a page that comes back without JavaScript. */
      typed: Readonly<Record<string, string>>;
      /** The inputs that are emptied: what was typed there cannot be right. */
      emptied?: readonly string[];
      /** How long the server asks to be left in peace. */
      waitSeconds?: number;
    }
  /** The session ended while the form was being filled in. It is sent again when the same user is back. */
  | { status: "login_needed"; reason: EndReason }
  | {
      status: "done";
      next: string;
      /** No login has begun: what comes next is another form of the way in. */
      unfinished?: true;
    };

export type FormAction = (before: FormState, form: FormData) => Promise<FormState>;

export const newForm: FormState = { status: "new" };

/** The sentence at one input, if there is one. */
export function problemOf(state: FormState, field: string): string | undefined {
  return state.status === "refused" ? state.problems.find((problem) => problem.field === field)?.message : undefined;
}

/** What was typed into one input before the page came back. */
export function typedIn(state: FormState, field: string): string {
  return typedBefore(state)[field] ?? "";
}

/** All that was typed before the page came back. */
export function typedBefore(state: FormState): Readonly<Record<string, string>> {
  return "typed" in state ? (state.typed ?? {}) : {};
}
