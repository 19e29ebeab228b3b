/** Case and width folding: through upper case, where "ß" and "ı" meet their twins, and "ẞ" only when it was lowered. */
export function foldCase(text: string): string {
  return text.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().normalize("NFKC");
}
