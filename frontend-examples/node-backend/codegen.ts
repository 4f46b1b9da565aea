import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "schema.graphql",
  documents: ["src/**/*.ts", "!src/gql/**"],
  generates: {
    "src/gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: "string",
        enumsAsTypes: true,
        importExtension: ".ts",
        inputMaybeValue: "T | null | undefined",
        strictScalars: true,
        scalars: {
          ID: { input: "string | number", output: "string" },
          DateTime: { input: "string | Date", output: "string" },
          Duration: "string",
          EventCursor: "string",
          JSON: "unknown",
        },
        useTypeImports: true,
      },
    },
  },
};

export default config;
