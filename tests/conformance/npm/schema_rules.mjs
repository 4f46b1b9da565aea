/** What a schema is held to: all rules of graphql-eslint for schemas, and what we take from them. */
import graphql from "@graphql-eslint/eslint-plugin";

const { configs } = graphql;
const shipped = {
  ...configs["flat/schema-recommended"].rules,
  ...configs["flat/schema-all"].rules,
  ...configs["flat/schema-relay"].rules,
};

const [, naming] = shipped["@graphql-eslint/naming-convention"];

export const rules = {
  ...shipped,

  // Everything is described, not only types.
  "@graphql-eslint/require-description": [
    "error",
    {
      types: true,
      rootField: true,
      FieldDefinition: true,
      InputValueDefinition: true,
      EnumValueDefinition: true,
      DirectiveDefinition: true,
    },
  ],

  // JobType is no type of the schema's: "type" is our word for the name of a job's code.
  "@graphql-eslint/naming-convention": [
    "error",
    { ...naming, "ObjectTypeDefinition,ObjectTypeExtension": { forbiddenPrefixes: ["Type"] } },
  ],

  // A connection may page in one direction only, by the Relay specification.
  "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],

  // Lines of a log and refusals are no nodes: nothing finds them again by an id. And short,
  // bounded lists, such as `errors`, are no connections.
  "@graphql-eslint/relay-edge-types": [
    "error",
    { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
  ],

  // Members stand in the order in which they are read and happen: `status` from SCHEDULED to
  // EXPIRED, an input from what must be given to what rarely is.
  "@graphql-eslint/alphabetize": "off",

  // Most types are values without a life of their own. Those that have one implement Node.
  "@graphql-eslint/strict-id-in-types": "off",

  // It is what this API is for.
  "@graphql-eslint/no-root-type": "off",

  // Refusals are members of payloads; a payload that might be null would have to be asked about
  // twice.
  "@graphql-eslint/require-nullable-result-in-root": "off",

  // Payloads hold what was changed. Who wants to read more than that sends a query.
  "@graphql-eslint/require-field-of-type-query-in-mutation-result": "off",
};
