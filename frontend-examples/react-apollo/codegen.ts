import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: [
    "schema.graphql",
    // Only in the cache, see src/cancel-request.ts.
    "type CancelRequest { id: ID! cancellation: JobCancellation! }",
  ],
  documents: ["src/**/*.{ts,tsx}", "!src/gql/**"],
  generates: {
    "src/gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        nonOptionalTypename: true,
        skipTypeNameForRoot: true,
        scalars: {
          ID: "string",
          DateTime: "string",
          Duration: "string",
          EventCursor: "string",
          JSON: "unknown",
        },
      },
    },
    // Which errors a UserError can be, for the cache.
    "src/gql/possible-types.ts": {
      plugins: ["fragment-matcher"],
    },
  },
};

export default config;
