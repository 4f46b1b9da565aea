/**
 * Lints schemas; what is wrong with them is printed, as one JSON array of arrays, one for
 * each schema.
 *
 *     node lint_schema.mjs SCHEMA …
 */
import { readFile } from "node:fs/promises";
import graphql from "@graphql-eslint/eslint-plugin";
import { ESLint } from "eslint";
import { rules } from "./schema_rules.mjs";

async function lint(path) {
  const schema = await readFile(path, "utf8");
  const eslint = new ESLint({
    overrideConfigFile: true,
    overrideConfig: {
      files: ["**/*.graphql"],
      languageOptions: {
        parser: graphql.parser,
        parserOptions: { graphQLConfig: { schema } },
      },
      plugins: { "@graphql-eslint": graphql },
      rules,
    },
  });
  const [result] = await eslint.lintText(schema, { filePath: "schema.graphql" });
  return result.messages.map(({ ruleId, line, message }) => ({ rule: ruleId, line, message }));
}

const found = [];
// The plugin keeps the schema that it read last.
for (const path of process.argv.slice(2)) found.push(await lint(path));
console.log(JSON.stringify(found));
