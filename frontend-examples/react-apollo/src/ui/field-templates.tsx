/** How the fields that are made from a schema look: as the others do. */

import { getDefaultRegistry } from "@rjsf/core";
import {
  type ArrayFieldItemTemplateProps,
  type BaseInputTemplateProps,
  errorId,
  type FieldErrorProps,
  type FieldTemplateProps,
  type IconButtonProps,
  type TemplatesType,
} from "@rjsf/utils";

const standard = getDefaultRegistry().templates;

function Field(props: FieldTemplateProps) {
  const { id, label, displayLabel, required, hidden, rawDescription } = props;
  if (hidden) return <div hidden>{props.children}</div>;
  return (
    <div className="field">
      {displayLabel && (
        <label htmlFor={id}>
          {label}
          {required ? "" : <span className="muted"> (optional)</span>}
        </label>
      )}
      {props.children}
      {displayLabel && rawDescription && (
        <p className="muted" id={`${id}__description`}>
          {rawDescription}
        </p>
      )}
      {props.errors}
    </div>
  );
}

function FieldErrors({ errors = [], fieldPathId }: FieldErrorProps) {
  return (
    <div className="messages" id={errorId(fieldPathId)}>
      {errors.map((error) => (
        <p className="error" key={String(error)}>
          {error}
        </p>
      ))}
    </div>
  );
}

function Input(props: BaseInputTemplateProps) {
  const isInvalid = (props.rawErrors?.length ?? 0) > 0;
  return <standard.BaseInputTemplate {...props} aria-invalid={isInvalid} />;
}

function ArrayItem({ children, buttonsProps, registry }: ArrayFieldItemTemplateProps) {
  const Buttons = registry.templates.ArrayFieldItemButtonsTemplate;
  return (
    <div className="array-item">
      {children}
      <div className="actions">
        <Buttons {...buttonsProps} />
      </div>
    </div>
  );
}

function textButton(text: string) {
  return ({ id, disabled, onClick }: IconButtonProps) => (
    <button id={id} type="button" disabled={disabled} onClick={onClick}>
      {text}
    </button>
  );
}

export const templates: Partial<Omit<TemplatesType, "ButtonTemplates">> & {
  ButtonTemplates: Partial<TemplatesType["ButtonTemplates"]>;
} = {
  FieldTemplate: Field,
  FieldErrorTemplate: FieldErrors,
  BaseInputTemplate: Input,
  ArrayFieldItemTemplate: ArrayItem,
  ButtonTemplates: {
    AddButton: textButton("Add"),
    RemoveButton: textButton("Remove"),
    MoveUpButton: textButton("Up"),
    MoveDownButton: textButton("Down"),
    CopyButton: textButton("Copy"),
    ClearButton: textButton("Clear"),
  },
};
