/** Where the API is, seen from the pages: beside the board, wherever that is mounted. */

export const endpoint = new URL("graphql", document.baseURI);
export const liveEndpoint = new URL(endpoint);
liveEndpoint.protocol = endpoint.protocol === "https:" ? "wss:" : "ws:";
