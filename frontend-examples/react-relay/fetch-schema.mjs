/** Write the schema of a running server to schema.graphql. */

import { writeFile } from "node:fs/promises";
import { buildClientSchema, getIntrospectionQuery, printSchema } from "graphql";

const url = new URL("/graphql", process.env.JOBWIRE_URL ?? "http://127.0.0.1:8000");
const response = await fetch(url, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ query: getIntrospectionQuery({ oneOf: true }) }),
});
const { data } = await response.json();
await writeFile("schema.graphql", `${printSchema(buildClientSchema(data))}\n`);
