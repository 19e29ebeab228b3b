"use client";

import { type ComponentType, useEffect, useState } from "react";
import type { TabWithClientProps } from "./tab-with-client.tsx";

/**
 * The same as `LoggedInTab`, in a file of its own that is loaded when a user is logged in. For pages that visitors see too:
 * what such a page imports is loaded for everyone, also where it is not rendered. It renders nothing on the server, so
 * nothing of the page waits for it.
 */
export function TabLoadedLater(props: TabWithClientProps) {
  const [Tab, setTab] = useState<ComponentType<TabWithClientProps>>();
  useEffect(() => {
    import("./tab-with-client.tsx").then(
      ({ TabWithClient }) => setTab(() => TabWithClient),
      () => undefined, // the connection was lost: the page stays as the server rendered it
    );
  }, []);
  return Tab && <Tab {...props} />;
}
