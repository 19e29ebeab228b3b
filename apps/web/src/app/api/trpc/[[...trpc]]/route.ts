import { cameByProxy } from "../../../../server/forwarding.ts";
import { getServer } from "../../../../server/server.ts";

/** The router on hosts that only run Next. Under `npm start` the server answers these addresses before Next gets them. */
async function handle(request: Request): Promise<Response> {
  const { handle, source } = getServer();
  const forwarded = cameByProxy(request.headers);
  return source.run({ guarded: false, forwarded }, () => handle(request));
}

// All of them, so that an unknown method is rejected in the same words on every host.
export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
};
