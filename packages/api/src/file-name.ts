import { AuthError } from "@watchword/auth/core";

const longestNameBytes = 255;
const longestTypeLength = 127;
const unseen = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}/\\]/u;
const mediaType = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/;

/**
 * Reads what the headers of an upload say about it: `X-File-Name` (percent-encoded UTF-8, because headers are ASCII),
 * `X-File-Type`, and the announced length.
 *
 * @throws {AuthError} `validation_failed`
 */
export function describeUpload(headers: Pick<Headers, "get">): {
  name: string;
  contentType: string;
  announcedBytes: number | undefined;
} {
  const type = headers.get("x-file-type")?.toLowerCase().split(";", 1)[0]?.trim() ?? "";
  const length = headers.get("content-length");
  return {
    name: readName(headers.get("x-file-name")),
    contentType: type.length <= longestTypeLength && mediaType.test(type) ? type : "application/octet-stream",
    announcedBytes: length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined,
  };
}

/** How a name is sent in `Content-Disposition`: RFC 6266 with RFC 8187, so that no name can break out of the header. */
export function contentDisposition(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

function readName(encoded: string | null): string {
  if (encoded === null || encoded === "") throw invalidName("Give the file's name in the header X-File-Name");
  let name: string;
  try {
    name = decodeURIComponent(encoded).normalize("NFC").trim();
  } catch {
    throw invalidName("Percent-encode the file's name as UTF-8");
  }
  if (name === "" || name === "." || name === "..") throw invalidName("Give the file a name");
  if (Buffer.byteLength(name) > longestNameBytes) throw invalidName("Use a shorter file name: at most 255 bytes");
  if (unseen.test(name)) throw invalidName("Leave slashes and control characters out of the file name");
  return name;
}

function invalidName(message: string): AuthError {
  return new AuthError("validation_failed", { message, fields: { name: [message] } });
}
