/** Who is signed in. Put your own session here: a header can be written by anybody. */

import { HTTPException } from "hono/http-exception";

export function signedInUser(request: Request): string {
  const user = request.headers.get("X-User");
  if (user === null) throw new HTTPException(401, { message: "Sign in: send X-User." });
  return user;
}
