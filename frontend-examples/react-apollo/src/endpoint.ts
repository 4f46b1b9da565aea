/** Where the API is. */

const given = import.meta.env["VITE_JOBWIRE_URL"];

export const endpoint = new URL(
  typeof given === "string" && given !== "" ? given : "/graphql",
  location.href,
).href;

/** The same address for websockets. */
export const socketEndpoint = endpoint.replace(/^http/, "ws");
