/** What a command of the operator came to. */
export interface Outcome {
  /** Without a line end. */
  text: string;
  ok: boolean;
}
