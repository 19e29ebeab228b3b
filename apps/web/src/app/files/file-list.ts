import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@watchword/api";

/** What `files.list` answers. */
export type FileList = inferRouterOutputs<AppRouter>["files"]["list"];
export type ListedFile = FileList["files"][number];
