import { useSuspenseQuery } from "@tanstack/react-query";
import { StrictMode, Suspense, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { TrpcProvider, useTRPC } from "./client.tsx";

/**
 * A page that waits for the session with Suspense, for `e2e/suspense.spec.ts`, which bundles it: no route leads here.
 * Everything that is known to start a fetch again is done to it: no state survives the suspension of the provider itself,
 * what suspends is mounted anew at each `remount` event, and by several components at once.
 */
function Page() {
  const [round, setRound] = useState(0);
  useEffect(() => {
    const next = () => setRound((known) => known + 1);
    window.addEventListener("remount", next);
    return () => window.removeEventListener("remount", next);
  }, []);
  return (
    <Suspense key={round % 3 === 2 ? "whole page" : "page"} fallback={<p role="status">Outer {round}</p>}>
      <TrpcProvider known={{ mutations: [], queries: [] }}>
        <Reader />
        <Suspense fallback={<p role="status">Inner {round}</p>}>
          <section key={round}>
            <Reader />
            <Reader />
          </section>
        </Suspense>
      </TrpcProvider>
    </Suspense>
  );
}

function Reader() {
  const { data } = useSuspenseQuery(useTRPC().auth.me.queryOptions());
  return (
    <p>
      <bdi>{data.user.email}</bdi>
    </p>
  );
}

createRoot(document.body.appendChild(document.createElement("main"))).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
