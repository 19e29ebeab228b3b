import type { Theme } from "../format/theme.ts";
import { type Problem, wordsFor } from "./problem.ts";

interface Shown {
  /** Of the page's policy: its one style sheet carries it. */
  nonce: string;
  theme: Theme | undefined;
  /** The address that was asked for, as it came. */
  url: string | undefined;
}

/**
 * The page for an answer that no page of the app can give: the request never reached one, or the app could not render it. It
 * needs no script, no file and no database, and looks like the app's own pages.
 */
export function errorPage(problem: Problem, { nonce, theme, url }: Shown): string {
  const { title, text } = wordsFor(problem);
  const sentences = [
    `<p>${escaped(text)}</p>`,
    problem.sentence === undefined ? "" : `<p>${escaped(problem.sentence)}.</p>`,
    problem.errorId === undefined
      ? ""
      : `<p class="soft">If you report it, give this error id: <code>${escaped(problem.errorId)}</code></p>`,
  ];
  return `<!doctype html>
<html lang="en"${theme ? ` data-theme="${theme}"` : ""}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>Error: ${escaped(title)} – Watchword</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<style nonce="${nonce}">${style}</style>
</head>
<body>
<header><div class="bar"><a class="home" href="/">${mark}<span>Watchword</span></a></div></header>
<main id="main">
<h1>${escaped(title)}</h1>
${sentences.filter(Boolean).join("\n")}
${typedTexts(problem)}${waysOn(problem, url)}
</main>
</body>
</html>
`;
}

/** What was typed, so that it can be copied: a page that is loaded again would be empty. Passwords are not among it. */
function typedTexts({ typed = [] }: Problem): string {
  if (typed.length === 0) return "";
  const rows = typed.map(({ label, text }) => `<dt>${escaped(label)}</dt>\n<dd><bdi>${escaped(text)}</bdi></dd>`);
  return `<h2>What you typed</h2>\n<dl>\n${rows.join("\n")}\n</dl>\n`;
}

/** Statuses after which the same address may well be shown when it is asked for again. */
const again: Readonly<Record<number, string>> = {
  408: "Try again",
  409: "Load the page again",
  500: "Try again",
  503: "Try again",
};

function waysOn({ status }: Problem, url: string | undefined): string {
  const label = again[status];
  const retry = label === undefined ? "" : `<a class="button" href="${escaped(pathOf(url))}">${label}</a>\n`;
  const quiet = label === undefined ? "" : " quiet";
  return `<p class="ways">${retry}<a class="button${quiet}" href="/">Go to the home page</a></p>`;
}

/** The asked address as a path of this site: two slashes at its beginning would name another one. */
function pathOf(url = "/"): string {
  return `/${url.replace(/^[\\/]+/, "")}`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (one) => entities[one] ?? one);
}

const mark =
  '<svg width="24" height="24" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true"><path fill-rule="evenodd" d="M4 1h8a3 3 0 0 1 3 3v8a3 3 0 0 1-2 2.83V6a1 1 0 0 0-2 0v9H4a3 3 0 0 1-3-3V4a3 3 0 0 1 3-3Zm0 4a1 1 0 0 0-1 1v4a1 1 0 0 0 2 0V6a1 1 0 0 0-1-1Zm4 0a1 1 0 0 0-1 1v4a1 1 0 0 0 2 0V6a1 1 0 0 0-1-1Z"/></svg>';

/** The colours and measures of `app/globals.css`, as far as this page needs them. */
const style = `
:root{color-scheme:light dark;--paper:light-dark(#fbfaf7,#14161a);--ink:light-dark(#16181d,#eceae4);--soft:light-dark(#565a61,#a9aaa6);--hairline:light-dark(#dfdcd3,#2c2f35);--edge:light-dark(#85837b,#777a7f);--sunken:light-dark(#f3f1ea,#1c1f25);--press:light-dark(#2d3038,#d3d1ca);--alive:light-dark(#1b6657,#7ecab6);--gutter:clamp(1rem,4vw,2.5rem)}
:root[data-theme=light]{color-scheme:light}
:root[data-theme=dark]{color-scheme:dark}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font-family:ui-sans-serif,system-ui,"Noto Sans","Noto Sans Devanagari",sans-serif;line-height:1.5;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;min-block-size:100svh;overflow-wrap:anywhere}
header{border-block-end:1px solid var(--hairline)}
.bar,main{max-inline-size:70rem;margin-inline:auto;padding-inline:var(--gutter)}
.bar{display:flex;min-block-size:4rem}
.home{display:inline-flex;align-items:center;gap:.625rem;min-inline-size:2.75rem;color:inherit;font-weight:600;letter-spacing:-.01em;text-decoration:none}
main{display:grid;justify-items:start;gap:1rem;padding-block:clamp(2rem,6vh + .75rem,6rem) 5rem}
h1,h2,p,dl,dd{margin:0}
h1{font-size:1.5625rem;font-weight:600;letter-spacing:-.02em;line-height:1.25;text-wrap:balance}
h2{margin-block-start:1rem;font-size:1rem;font-weight:600}
p{max-inline-size:34rem;text-wrap:pretty}
.soft{color:var(--soft);font-size:.875rem}
code{font-family:ui-monospace,"SFMono-Regular","DejaVu Sans Mono",monospace}
dl{display:grid;gap:.25rem;inline-size:100%;max-inline-size:34rem}
dt{color:var(--soft);font-size:.875rem}
dd{margin-block-end:.75rem;white-space:pre-wrap}
.ways{display:flex;flex-wrap:wrap;gap:1rem;margin-block-start:1rem}
.button{display:inline-flex;min-block-size:3rem;align-items:center;justify-content:center;padding:.5rem 1.25rem;border:1px solid var(--ink);border-radius:6px;background:var(--ink);color:var(--paper);font-weight:500;line-height:1.25;text-decoration:none}
.button:hover{background:var(--press)}
.quiet{border-color:var(--edge);background:transparent;color:var(--ink)}
.quiet:hover{background:var(--sunken)}
:focus-visible{outline:3px solid var(--alive);outline-offset:2px}
`;
