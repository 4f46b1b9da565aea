/** Where the data of a job are entered, by the schema of its type. */

import type { ErrorSchema, RJSFSchema } from "@rjsf/utils";
import type { Ref } from "react";
import { JsonField } from "./JsonField.tsx";
import { SchemaFields } from "./SchemaFields.tsx";

export interface DataReader {
  /** What was entered; null: it does not fit, as is said where that is so. */
  read: () => { readonly data: unknown } | null;
}

interface Props {
  ref: Ref<DataReader>;
  schema: unknown;
  refusals: ErrorSchema;
}

export function DataFields({ ref, schema, refusals }: Props) {
  return saysFields(schema) ? (
    <SchemaFields ref={ref} schema={schema} refusals={refusals} />
  ) : (
    <JsonField ref={ref} refusals={refusals} />
  );
}

/** Whether a schema says more than that anything will do. */
function saysFields(schema: unknown): schema is RJSFSchema {
  if (typeof schema !== "object" || schema === null) return false;
  const names = new Set(Object.keys(schema));
  names.delete("type");
  names.delete("title");
  names.delete("description");
  return names.size > 0;
}
