/**
 * Who is asking.
 *
 * Put your own sign-in here: let `authorization` name the token of your provider, renewed
 * if need be.
 */

const KEY = "jobwire-token";

/** @param {string} token */
export function setToken(token) {
  sessionStorage.setItem(KEY, token);
}

/**
 * The headers that prove who is asking; asked for with each request and each stream.
 *
 * @returns {Promise<Record<string, string>>}
 */
export async function authorization() {
  const token = sessionStorage.getItem(KEY);
  return token === null ? {} : { Authorization: `Bearer ${token}` };
}
