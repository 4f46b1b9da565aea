/** A field for each member of the data, as their JSON Schema says. */

import Form from "@rjsf/core";
import type {
  ErrorSchema,
  RJSFSchema,
  RJSFValidationError,
  UiSchema,
} from "@rjsf/utils";
import { customizeValidator } from "@rjsf/validator-ajv8";
import Ajv2020 from "ajv/dist/2020.js";
import { type Ref, useImperativeHandle, useRef, useState } from "react";
import type { DataReader } from "./DataFields.tsx";
import { templates } from "./field-templates.tsx";

/** The draft that Jobwire's schemas are written in. */
const validator = customizeValidator({ AjvClass: Ajv2020 });
/** The type says already what the whole is. */
const uiSchema: UiSchema = { "ui:label": false };

interface Props {
  ref: Ref<DataReader>;
  schema: RJSFSchema;
  refusals: ErrorSchema;
}

export function SchemaFields({ ref, schema, refusals }: Props) {
  const [data, setData] = useState<unknown>();
  const form = useRef<Form>(null);

  useImperativeHandle(ref, () => ({
    read: () => {
      const fields = form.current;
      // Its state holds the defaults as well.
      return fields?.validateForm() ? { data: fields.state.formData } : null;
    },
  }));

  return (
    <Form
      ref={form}
      className="fields"
      tagName="div"
      idPrefix="data"
      schema={schema}
      uiSchema={uiSchema}
      validator={validator}
      templates={templates}
      formData={data}
      extraErrors={refusals}
      showErrorList={false}
      transformErrors={inOurWords}
      onChange={({ formData }) => setData(formData)}
    >
      {/* Without a child there were a second button. */}
      {true}
    </Form>
  );
}

function inOurWords(errors: RJSFValidationError[]): RJSFValidationError[] {
  return errors.map((error) =>
    error.name === "required" ? { ...error, message: "This is required." } : error,
  );
}
