import localFont from "next/font/local";

/**
 * The font of `geist/font/mono`, which is not preloaded: Next preloads on every page what any page preloads, and most pages
 * have no text in this font. Where there is some, the browser loads it by itself.
 */
export const monoFont = localFont({
  src: "../../node_modules/geist/dist/fonts/geist-mono/GeistMono-Variable.woff2",
  variable: "--font-geist-mono",
  weight: "100 900",
  preload: false,
  adjustFontFallback: false,
  fallback: ["ui-monospace", "SFMono-Regular", "DejaVu Sans Mono", "monospace"],
});
