import { getServer } from "../../../../server/server.ts";

async function handle(request: Request): Promise<Response> {
  return getServer().handle(request);
}

export { handle as GET, handle as POST };
