/** Asks by persisted queries, as Apollo Client does; tells what came of each. */

import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [endpoint, token, project, documentId, text, other] = process.argv.slice(2);
const require = createRequire(`${project}/package.json`);
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } =
  await load("@apollo/client");
const { PersistedQueryLink } = await load("@apollo/client/link/persisted-queries");

const sent = [];
const http = new HttpLink({
  uri: endpoint,
  headers: { authorization: `Bearer ${token}` },
  fetch: (uri, init) => {
    sent.push([init.method, "query" in JSON.parse(init.body ?? "{}")]);
    return fetch(uri, init);
  },
});

/** Run one operation; tell its data or its code, and what was sent for it. */
async function ask(query, options) {
  const link = ApolloLink.from([new PersistedQueryLink(options), http]);
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  let told;
  try {
    told = Object.keys((await client.query({ query: gql(query) })).data);
  } catch (error) {
    told = error.errors?.[0].extensions.code ?? String(error);
  }
  return [told, sent.splice(0)];
}

const sha256 = (document) => createHash("sha256").update(document).digest("hex");
const generateHash = () => documentId;
console.log(
  JSON.stringify([
    await ask(text, { generateHash }),
    await ask(text, { generateHash, useGETForHashedQueries: true }),
    await ask(other, { sha256 }),
  ]),
);
