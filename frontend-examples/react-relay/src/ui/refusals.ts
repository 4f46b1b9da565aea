/** Where the refusals of a form are shown. */

import { type ErrorSchema, ErrorSchemaBuilder } from "@rjsf/utils";

export interface Refusal {
  readonly message: string;
  /** Where in the arguments, as in `["input", "tag"]`; null: nowhere in particular. */
  readonly path: readonly string[] | null;
}

export interface PlacedRefusals {
  readonly type: readonly string[];
  readonly tag: readonly string[];
  readonly data: ErrorSchema;
  readonly other: readonly string[];
}

export function place(refusals: readonly Refusal[]): PlacedRefusals {
  const type: string[] = [];
  const tag: string[] = [];
  const data = new ErrorSchemaBuilder();
  const other: string[] = [];
  for (const { message, path } of refusals) {
    const [, member, ...rest] = path ?? [];
    if (member === "type") type.push(message);
    else if (member === "tag") tag.push(message);
    else if (member === "data") data.addErrors(message, rest);
    else other.push(message);
  }
  return { type, tag, data: data.ErrorSchema, other };
}
