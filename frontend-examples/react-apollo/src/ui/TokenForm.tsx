/** Where a token is entered; put the button of your own sign-in here. */

import { type FormEvent, useState } from "react";
import { setToken } from "../session.ts";

export function TokenForm() {
  const [token, enter] = useState("");

  const signIn = (event: FormEvent) => {
    event.preventDefault();
    setToken(token.trim());
  };

  return (
    <form className="token" onSubmit={signIn}>
      <label htmlFor="token">Token</label>
      <input
        id="token"
        type="password"
        autoComplete="off"
        required
        value={token}
        onChange={(event) => enter(event.target.value)}
      />
      <button type="submit">Sign in</button>
    </form>
  );
}
