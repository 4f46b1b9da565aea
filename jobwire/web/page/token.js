/** The bearer token of this browser tab: all pages of Jobwire share it. */

import { recall, remember } from "./storage.js";

const KEY = "jobwire.token";

/** @returns {string | null} */
export function recallToken() {
  return recall("sessionStorage", KEY);
}

/**
 * Keep a token as it was pasted, with or without the word before it.
 *
 * @param {string | null} text
 * @returns {string | null} The token; null: there is none.
 */
export function rememberToken(text) {
  const token = text?.trim().replace(/^Bearer\s+/i, "") || null;
  remember("sessionStorage", KEY, token);
  return token;
}

/**
 * Name a token as servers read it, over HTTP and in `connection_init`.
 *
 * @param {string | null} token
 * @returns {Record<string, string>}
 */
export function authorization(token) {
  return token ? { Authorization: `Bearer ${token}` } : {};
}
