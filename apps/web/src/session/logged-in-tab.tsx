"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { watchSession } from "@watchword/auth/client/hint";
import { useRouter } from "next/navigation";
import { useEffect, useState, useSyncExternalStore } from "react";
import { loginAfterLogout } from "../messages/session-end.ts";
import { Announcer } from "./announcer.tsx";
import { ConfirmPassword } from "./confirm-password.tsx";
import { useFocusGuard } from "./focus-guard.ts";
import { LoginAgain } from "./login-again.tsx";
import { isLogoutMarked } from "./logout-mark.ts";
import { forgetPrivateData } from "./private-data.ts";
import { shownLogin } from "./shown-login.ts";
import { listenToOtherTabs } from "./tab-channel.ts";
import { isHidden, type TabState } from "./tab-state.ts";
import { tabState } from "./tab-state-store.ts";
import { useTRPC } from "./trpc/client.tsx";
import { session } from "./trpc/tab-session.ts";
import { useLiveChanges } from "./use-live-changes.ts";

export interface LoggedInTabProps {
  user: { id: string; username: string };
  rememberMe: boolean;
  /** The newest change that the page already shows: the live stream begins after it. */
  since: string | null;
}

/** For how long a tab whose cookie is gone waits for the reason, in milliseconds. */
const reasonWaitMs = 300;
/** How often a tab whose session is over looks whether that was a logout on this device, in milliseconds. */
const logoutPollMs = 200;

/** Keeps a page with private data in step with the session, in every tab. */
export function LoggedInTab({ user, rememberMe, since }: LoggedInTabProps) {
  const state = useSyncExternalStore(tabState.subscribe, tabState.current, stateOnServer);
  const trpc = useTRPC();
  const queries = useQueryClient();
  const router = useRouter();
  const hidden = isHidden(state);
  useFocusGuard();
  useLiveChanges({ since, paused: hidden });
  useShownLogin();
  useEffect(() => listen({ onRenewed: () => queries.invalidateQueries(trpc.auth.me.queryFilter()) }), [queries, trpc]);
  useEffect(() => carryOut(state), [state]);
  useEffect(() => {
    if (!hidden) return;
    document.documentElement.dataset.session = "hidden";
    forgetPrivateData(queries);
    return () => {
      delete document.documentElement.dataset.session;
      // What the server renders is of the session that ended, and what was cached is gone.
      router.refresh();
      queries.invalidateQueries();
    };
  }, [hidden, queries, router]);

  return (
    <>
      <Announcer />
      {!hidden && <ConfirmPassword username={user.username} />}
      {state.is === "asking" && <LoginAgain user={user} rememberMe={rememberMe} reason={state.reason} />}
    </>
  );
}

/** Tells what the page shows of the login, without a client of its own, whenever it was asked for again. */
function useShownLogin(): void {
  const me = useTRPC().auth.me.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY });
  const { data: login } = useQuery({ ...me, enabled: shownLogin.isShown });
  const [first] = useState(login);
  useEffect(() => {
    if (login === first) return;
    shownLogin.show(login ? { ...login, rotations: login.session.rotations } : null);
  }, [login, first]);
}

const open: TabState = { is: "open" };
const stateOnServer = () => open;

/** What the cookie says in every tab, and what the other tabs say of it. */
function listen({ onRenewed }: { onRenewed: () => void }): () => void {
  const stopWatching = watchSession(session, (event) => {
    if (event === "renewed") onRenewed();
    // New tokens are a new login where the old one was over: a session that has ended gets none.
    tabState.dispatch({ type: event === "renewed" ? "same_user_again" : event });
  });
  const stopListening = listenToOtherTabs((message) => {
    if (message.type !== "change") tabState.dispatch(message);
  });
  return () => {
    stopWatching();
    stopListening();
  };
}

function carryOut(state: TabState): (() => void) | undefined {
  if (state.is === "waiting") {
    const timer = setTimeout(() => tabState.dispatch({ type: "no_reason_came" }), reasonWaitMs);
    return () => clearTimeout(timer);
  }
  if (state.is === "asking") {
    const check = () => isLogoutMarked() && tabState.dispatch({ type: "logged_out" });
    const timer = setInterval(check, logoutPollMs);
    return () => clearInterval(timer);
  }
  if (state.is === "leaving") {
    if (state.to === "same page") window.location.reload();
    else window.location.replace(loginAfterLogout);
  }
  return undefined;
}
