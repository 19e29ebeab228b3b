import { throughSocket } from "../../../test/through-socket.ts";
import { setHandlerWrapper } from "../../testing/test-app.ts";

/** What holds for a `Request` (and so for a Next route) holds for a socket: the same tests, through `createNodeHandler`. */
setHandlerWrapper(throughSocket, "127.0.0.1");

await import("../routers/admin.test.ts");
await import("./www-authenticate.test.ts");
await import("../errors.test.ts");
await import("./fetch-handler.test.ts");
await import("../routers/step-up.test.ts");
await import("../routers/auth.test.ts");
await import("./security.test.ts");
await import("../routers/session-ending.test.ts");
await import("../routers/timeline.test.ts");
await import("./shared-cache.test.ts");
await import("../routers/registration.test.ts");
await import("../routers/recovery.test.ts");
await import("../routers/step-up-secret.test.ts");
await import("../routers/limits.test.ts");
await import("./request-body.test.ts");
await import("./late-responses.test.ts");
await import("./forged-tokens.test.ts");
await import("../routers/second-factor.test.ts");
await import("../routers/step-up-kinds.test.ts");
await import("../routers/unknown-kinds.test.ts");
await import("../subscriptions/streamed-responses.test.ts");
