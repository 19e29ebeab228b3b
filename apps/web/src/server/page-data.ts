import "server-only";
import { type DehydratedState, dehydrate, QueryClient } from "@tanstack/react-query";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { type ActivityQuery, auditLogInputOf } from "../lists/activity-query.ts";
import type { FilesQuery } from "../lists/files-query.ts";
import type { SessionsQuery } from "../lists/sessions-query.ts";
import { failureOf, getPageCaller } from "./caller.ts";
import type { CurrentLogin } from "./login.ts";
import { requestContext, requestHeaders } from "./request.ts";
import { getServer } from "./server.ts";

/** What a page of a logged-in user takes along into the browser, so that its first paint is its last. */
export interface PageData {
  login: CurrentLogin;
  /** The cache of TanStack Query, as it is when the page begins. */
  known: DehydratedState;
  /** The newest change that is in it; null when that could not be asked for. */
  since: string | null;
}

/** What the watch on the session needs of it, and no more: it is part of the page. */
export function tabOf({ login: { user, session }, since }: PageData) {
  return { user: { id: user.id, username: user.username }, rememberMe: session.rememberMe, since };
}

/** The lists that a page shows, and which part of each. */
interface Lists {
  files?: FilesQuery;
  sessions?: SessionsQuery;
  activity?: ActivityQuery;
}

/** Asks for the lists that a page shows. One that the server is too busy for is left out: the page asks again by itself. */
export async function pageData(login: CurrentLogin, { files, sessions, activity }: Lists = {}): Promise<PageData> {
  const caller = await getPageCaller();
  const queryClient = new QueryClient();
  const trpc = createTRPCOptionsProxy({
    router: getServer().router,
    ctx: async () => requestContext(await requestHeaders()),
    queryClient,
  });
  queryClient.setQueryData(trpc.auth.me.queryKey(), login);
  // First: what changes while the lists are read is sent again by the stream, and nothing is missed.
  const since = await unlessBusy(async () => (await caller.live.position()).lastEventId);
  if (files) {
    const key = trpc.files.list.queryKey(files);
    await unlessBusy(async () => queryClient.setQueryData(key, await caller.files.list(files)));
  }
  if (sessions) {
    const key = trpc.auth.sessions.queryKey(sessions);
    await unlessBusy(async () => queryClient.setQueryData(key, await caller.auth.sessions(sessions)));
  }
  if (activity) {
    const input = auditLogInputOf(activity);
    const cursor = activity.before ?? null;
    await unlessBusy(async () => {
      const firstPage = await caller.auth.timeline({ ...input, cursor });
      queryClient.setQueryData(trpc.auth.timeline.infiniteQueryKey(input), {
        pages: [firstPage],
        pageParams: [cursor],
      });
    });
  }
  return { login, known: dehydrate(queryClient), since: since ?? null };
}

/** What was asked for; undefined where the server is too busy for it. */
export async function unlessBusy<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (failureOf(error).reason === "temporarily_unavailable") return undefined;
    throw error;
  }
}
