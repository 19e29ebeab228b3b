import { cameByProxy } from "../../../../server/forwarding.ts";
import { getServer } from "../../../../server/server.ts";

/** The door for hosts that only run Next. Under `npm start` the server answers these addresses before Next hears of them. */
async function handle(request: Request): Promise<Response> {
  const { handle, source } = getServer();
  const forwarded = cameByProxy(request.headers);
  return source.run({ guarded: false, forwarded }, () => handle(request));
}

// All of them, because what is no method of ours is refused in the same words whatever the door.
export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
};
