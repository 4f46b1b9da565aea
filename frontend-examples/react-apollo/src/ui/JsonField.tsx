/** The data as JSON, for types that take any. */

import { type ErrorSchema, toErrorList } from "@rjsf/utils";
import { type Ref, useImperativeHandle, useState } from "react";
import type { DataReader } from "./DataFields.tsx";
import { Messages } from "./Messages.tsx";

interface Props {
  ref: Ref<DataReader>;
  refusals: ErrorSchema;
}

export function JsonField({ ref, refusals }: Props) {
  const [text, setText] = useState("{}");
  const [problem, setProblem] = useState<string | null>(null);
  const refused = toErrorList(refusals).flatMap(({ message }) => message ?? []);
  const messages = problem === null ? refused : [problem];

  useImperativeHandle(ref, () => ({
    read: () => {
      try {
        const data: unknown = JSON.parse(text);
        setProblem(null);
        return { data };
      } catch {
        setProblem("This is not JSON.");
        return null;
      }
    },
  }));

  return (
    <div className="field">
      <label htmlFor="data">Data</label>
      <textarea
        id="data"
        className="code"
        rows={5}
        spellCheck={false}
        aria-describedby="data-description data-messages"
        aria-invalid={messages.length > 0}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <p className="muted" id="data-description">
        JSON; the type takes any.
      </p>
      <Messages id="data-messages" messages={messages} />
    </div>
  );
}
