/** Where the API is: what index.html says. */

const said = document.querySelector('meta[name="jobwire-endpoint"]');

export const endpoint = new URL(
  said?.getAttribute("content") || "http://127.0.0.1:8000/graphql",
  document.baseURI,
);
