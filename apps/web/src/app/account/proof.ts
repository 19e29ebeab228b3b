import type { FormState } from "../../components/form/form-state.ts";

/** Said to a browser without scripts, which cannot be asked for the password in place. */
export const proofNeeded: FormState = {
  status: "refused",
  problems: [
    {
      message:
        "You gave your password a while ago. Log out and in again to do this, or turn JavaScript on to be asked for it here",
    },
  ],
  typed: {},
};
