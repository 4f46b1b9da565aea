/** The control API, as the page calls it. */

/**
 * @param {string} path Below `/emulator`.
 * @param {string} method
 * @param {unknown} [body]
 * @returns {Promise<any>} The answer's JSON.
 * @throws {Error} It is a refusal, in the server's words, or none came.
 */
export async function call(path, method = "GET", body = undefined) {
  const answer = await fetch(`/emulator${path}`, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error ?? `The emulator answered ${answer.status}.`);
  return told;
}
