import type { QueryClient } from "@tanstack/react-query";

/**
 * Empties the cache of everything that was asked for under a login, also under the eyes of components that show it.
 * `clear()` alone would leave those with the data they hold.
 */
export function forgetPrivateData(queries: QueryClient): void {
  queries.cancelQueries();
  for (const query of queries.getQueryCache().getAll()) {
    query.setState({ data: undefined, dataUpdatedAt: 0, status: "pending", fetchStatus: "idle" });
  }
  queries.getMutationCache().clear();
}
