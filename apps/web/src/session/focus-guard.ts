"use client";

import { useEffect } from "react";

/**
 * Moves the focus on when the element that has it is taken away: a row whose login was ended, here or on another device, a
 * button that did its work. Otherwise it falls to `body`, and a keyboard or a screen reader begins again at the top.
 */
export function useFocusGuard(): void {
  useEffect(() => {
    /** The element with the focus, and all that it stands in, from inside to outside. */
    let path = withAncestors(document.activeElement); // it may have had the focus before the scripts came
    const remember = ({ target }: FocusEvent) => {
      path = target instanceof Element ? withAncestors(target) : [];
    };
    // An element that is still there lost the focus because the user clicked beside it.
    const forget = ({ target }: FocusEvent) =>
      queueMicrotask(() => {
        if (path[0] === target && path[0]?.isConnected) path = [];
      });
    const moveOn = () => {
      if (path.length === 0 || path[0]?.isConnected || !hasNoFocus()) return;
      const left = path.find((element) => element.isConnected) ?? document.body;
      path = [];
      focusNear(left);
    };
    const watch = new MutationObserver(moveOn);
    watch.observe(document.body, { childList: true, subtree: true });
    document.addEventListener("focusin", remember);
    document.addEventListener("focusout", forget);
    return () => {
      watch.disconnect();
      document.removeEventListener("focusin", remember);
      document.removeEventListener("focusout", forget);
    };
  }, []);
}

function withAncestors(element: Element | null): Element[] {
  const path: Element[] = [];
  for (let each = element; each && each !== document.body; each = each.parentElement) path.push(each);
  return path;
}

function hasNoFocus(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

/** What is left of the same row or form comes first; else the heading of the part that it stood in, else of the page. */
function focusNear(left: Element): void {
  const beside = left.closest("li, tr, form, dialog")?.querySelector<HTMLElement>(focusable);
  const heading =
    beside ?? headingOf(left) ?? document.querySelector<HTMLElement>("h1") ?? document.querySelector("main");
  if (!heading) return;
  if (!beside && !heading.hasAttribute("tabindex")) heading.tabIndex = -1;
  heading.focus();
}

const focusable = "a[href], button, input:not([type=hidden]), summary";

function headingOf(left: Element): HTMLElement | null {
  const labelledBy = left.closest("[aria-labelledby]")?.getAttribute("aria-labelledby");
  return labelledBy ? document.getElementById(labelledBy) : null;
}
