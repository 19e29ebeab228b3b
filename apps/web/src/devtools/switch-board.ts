"use client";

import { tabHeader } from "./dev-event.ts";
import type { PanelState, Switch } from "./panel-state.ts";
import { tabName } from "./tab.ts";

const endpoint = "/api/devtools";
/** Keeps the proxy from refreshing on the panel's own requests: it leaves alone what is only fetched ahead. */
const unseen = { purpose: "prefetch" };

/** Undefined when the server gives no answer: it restarts, or compiles. */
export async function fetchPanelState(): Promise<PanelState | undefined> {
  try {
    const answer = await fetch(endpoint, { headers: unseen });
    return answer.ok ? ((await answer.json()) as PanelState) : undefined;
  } catch {
    return undefined;
  }
}

/** @returns whether the server did it */
export async function throwSwitch(what: Switch): Promise<boolean> {
  const headers = { ...unseen, [tabHeader]: tabName(), "content-type": "application/json" };
  const answer = await fetch(endpoint, { method: "POST", headers, body: JSON.stringify({ switch: what }) });
  return answer.ok;
}

/** Five refreshes at once with one and the same cookie and no lock between them, as five tabs of an unlucky browser. */
export async function raceFive(): Promise<boolean> {
  const answers = await Promise.all(
    [1, 2, 3, 4, 5].map((place) =>
      fetch("/api/trpc/auth.refresh", {
        method: "POST",
        headers: { "content-type": "application/json", [tabHeader]: `${tabName()}/${place}` },
        body: "{}",
      }),
    ),
  );
  return answers.every(({ ok }) => ok);
}
