import { adminRouter, authRouter, createCallerFactory, router } from "@watchword/auth/trpc";
import { createFilesRouter, type FilesOptions } from "./files.ts";
import { createLiveRouter, type LiveOptions } from "./live.ts";

export interface AppOptions extends FilesOptions, LiveOptions {}

/** The app's one router: the login, and what it protects. */
export function createAppRouter(options: AppOptions) {
  return router({
    auth: authRouter,
    admin: adminRouter,
    files: createFilesRouter(options),
    live: createLiveRouter(options),
  });
}

/** What every typed client imports, and nothing else of this package: `import type { AppRouter }`. */
export type AppRouter = ReturnType<typeof createAppRouter>;

/** Calls the router from inside the server, with the same rules as from outside. */
export function createAppCaller(appRouter: AppRouter) {
  return createCallerFactory(appRouter);
}

export type AppCaller = ReturnType<ReturnType<typeof createAppCaller>>;
