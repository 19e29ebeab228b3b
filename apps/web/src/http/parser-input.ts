import type { Socket } from "node:net";

/** What the parser is to be given next. */
type Expected =
  /** The head of a request. */
  | { kind: "head" }
  /** The rest of a body; `bytes` is 0 where its length is not known. */
  | { kind: "body"; bytes: number }
  /** Nothing until the request that it has read is answered. */
  | { kind: "nothing" };

export interface Parsing {
  /** Asked before each piece. */
  expected(): Expected;
  /** Told after each piece, which may have made something else expected. */
  parsed(kind: Expected["kind"], bytes: number): void;
}

export interface ParserInput {
  /** Hands on what is expected, as far as it has come. To be called when something else is expected. */
  pump(): void;
  /** Nothing more is parsed: what was kept is dropped, what comes is thrown away. */
  end(): void;
}

/** Kept of the requests that were sent ahead; more of them stays in the sender's system. In bytes. */
const keptBytes = 64 * 1024;
/** Of a body whose end only the parser finds: so little behind that end is parsed too early. In bytes. */
const pieceBytes = 16 * 1024;
const endOfHead = Buffer.from("\r\n\r\n");
const nothing = Buffer.alloc(0);

/**
 * Stands between a socket and the parser of Node's server. The parser reads all that it is given at once: 64 KiB hold 2,500
 * requests, and all of them would begin. So it is given one request at a time.
 */
export function createParserInput(socket: Socket, { expected, parsed }: Parsing): ParserInput {
  let kept: Buffer = nothing;
  /** The last bytes of a head that came in parts: its end may lie across two of them. */
  let seam: Buffer = nothing;
  let isPumping = false;
  let isHeldBack = false;
  let isOver = false;
  const parse = takeOver(socket, (chunk) => {
    kept = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
    pump();
  });

  function pump(): void {
    if (isPumping) return; // something else is expected by now, and the loop below goes on with it
    isPumping = true;
    while (kept.length > 0 && !isOver && !socket.destroyed) {
      const next = expected();
      if (next.kind === "nothing") break;
      const length = next.kind === "head" ? headLength(seam, kept) : Math.min(next.bytes || pieceBytes, kept.length);
      const isAll = length === kept.length; // as a rule, and then nothing has to be cut
      const piece = isAll ? kept : kept.subarray(0, length);
      kept = isAll ? nothing : kept.subarray(length);
      parse(piece);
      parsed(next.kind, length);
      seam = expected().kind === "head" ? Buffer.concat([seam, piece.subarray(-3)]).subarray(-3) : nothing;
    }
    isPumping = false;
    if (isOver) kept = nothing;
    holdBack();
  }

  function holdBack(): void {
    if (kept.length >= keptBytes) {
      isHeldBack = true;
      socket.pause();
    } else if (isHeldBack && kept.length === 0) {
      isHeldBack = false;
      socket.resume();
    }
  }

  return {
    pump,
    end() {
      isOver = true;
      kept = nothing;
    },
  };
}

/**
 * Puts a listener in the place of the parser. Node's own way of reading past all listeners ends with the first that is added.
 *
 * @returns gives the parser what it would have received itself
 */
function takeOver(socket: Socket, onData: (chunk: Buffer) => void): (piece: Buffer) => void {
  const parsers = socket.listeners("data") as Array<(piece: Buffer) => void>;
  socket.on("data", onData);
  for (const parser of parsers) socket.off("data", parser);
  return (piece) => {
    for (const parser of parsers) parser.call(socket, piece);
  };
}

/** How much of what has come belongs to the head of one request: all of it where its end has not come. */
function headLength(seam: Buffer, kept: Buffer): number {
  if (seam.length > 0) {
    const across = Buffer.concat([seam, kept.subarray(0, 3)]).indexOf(endOfHead);
    if (across !== -1) return across + endOfHead.length - seam.length;
  }
  const at = kept.indexOf(endOfHead);
  return at === -1 ? kept.length : at + endOfHead.length;
}
