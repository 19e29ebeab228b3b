"use client";

import { tabHeader } from "./dev-event.ts";

const key = "watchword.tab";
let name: string | undefined;

/** This tab's name: three characters, kept for as long as the tab is. */
export function tabName(): string {
  name ??= sessionStorage.getItem(key) ?? crypto.randomUUID().slice(0, 3);
  sessionStorage.setItem(key, name);
  return name;
}

/** What the tab's session is given: its requests say which tab they are from. */
export const tabOptions: { fetch?: typeof fetch } = {
  fetch: (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set(tabHeader, tabName());
    return fetch(input, { ...init, headers });
  },
};
