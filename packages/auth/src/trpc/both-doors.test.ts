import { throughSocket } from "../testing/socket-door.ts";
import { openDoor } from "../testing/test-app.ts";

/** What holds for a `Request` (and so for a Next route) holds for a socket: the same tests, through `createNodeHandler`. */
openDoor(throughSocket, "127.0.0.1");

await import("./admin-router.test.ts");
await import("./challenge.test.ts");
await import("./failure.test.ts");
await import("./fetch-handler.test.ts");
await import("./proof.test.ts");
await import("./router.test.ts");
await import("./security.test.ts");
await import("./session-ending.test.ts");
await import("./timeline.test.ts");
