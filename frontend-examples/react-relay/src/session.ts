/**
 * Who is asking.
 *
 * Put your own sign-in here: let `getToken` give the token of your provider, renewed if
 * need be, and tell the listeners when another user has signed in.
 */

const KEY = "jobwire-token";
const listeners = new Set<() => void>();

/** The token of now; null: none, which a server on this machine accepts. */
export async function getToken(): Promise<string | null> {
  return sessionStorage.getItem(KEY);
}

export function setToken(token: string): void {
  sessionStorage.setItem(KEY, token);
  for (const listener of listeners) listener();
}

/** Call back whenever another token is set, until what is returned is called. */
export function onNewToken(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The headers that prove who is asking, for one request. */
export async function authorization(): Promise<Record<string, string>> {
  const token = await getToken();
  return token === null ? {} : { Authorization: `Bearer ${token}` };
}
