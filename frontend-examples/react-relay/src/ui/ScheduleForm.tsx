/** A form for a job of any type; the fields of its data are made from its schema. */

import { deepEquals } from "@rjsf/utils";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { DataFields, type DataReader } from "./DataFields.tsx";
import { Messages } from "./Messages.tsx";
import { place, type Refusal } from "./refusals.ts";

export interface ScheduleType {
  readonly name: string;
  readonly description?: string | null | undefined;
  /** The JSON Schema of its data. */
  readonly dataSchema: unknown;
}

/** `ScheduleJobInput` of the API. */
export interface ScheduleInput {
  readonly type: string;
  readonly tag: string;
  readonly data: unknown;
  readonly idempotencyKey: string;
}

interface Props {
  types: readonly ScheduleType[];
  /** Schedule it; return why it was refused, or nothing when it was done. */
  onSubmit: (input: ScheduleInput) => Promise<readonly Refusal[]>;
}

export function ScheduleForm({ types, onSubmit }: Props) {
  const [chosen, choose] = useState<string | null>(null);
  const [tag, setTag] = useState("");
  const [refusals, setRefusals] = useState<readonly Refusal[]>(NONE);
  const [isSending, setSending] = useState(false);
  const sent = useRef<ScheduleInput>(null);
  const data = useRef<DataReader>(null);
  const form = useRef<HTMLFormElement>(null);
  const type = types.find(({ name }) => name === chosen) ?? types[0];
  const placed = place(refusals);

  // Each time that it was tried, the refusals are others, even if there are none.
  useEffect(() => {
    if (refusals === NONE) return;
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [refusals]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setRefusals([]);
    const read = data.current?.read();
    if (isSending || type === undefined || !read) return;
    sent.current = sameOrNew(sent.current, { type: type.name, tag, data: read.data });
    setSending(true);
    const answer = await onSubmit(sent.current);
    setSending(false);
    setRefusals(answer);
    if (answer.length === 0) sent.current = null;
  };

  return (
    <form className="schedule" noValidate ref={form} onSubmit={submit}>
      <div className="field">
        <label htmlFor="type">Type</label>
        <select
          id="type"
          aria-describedby="type-description type-messages"
          aria-invalid={placed.type.length > 0}
          value={type?.name}
          onChange={({ target }) => {
            choose(target.value);
            setRefusals(NONE);
          }}
        >
          {types.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <p className="muted" id="type-description">
          {type?.description}
        </p>
        <Messages id="type-messages" messages={placed.type} />
      </div>
      <div className="field">
        <label htmlFor="tag">Tag</label>
        <input
          id="tag"
          autoComplete="off"
          aria-describedby="tag-description tag-messages"
          aria-invalid={placed.tag.length > 0}
          value={tag}
          onChange={({ target }) => setTag(target.value)}
        />
        <p className="muted" id="tag-description">
          What the job is about, for example sales-2026.
        </p>
        <Messages id="tag-messages" messages={placed.tag} />
      </div>
      {type && (
        <DataFields
          key={type.name}
          ref={data}
          schema={type.dataSchema}
          refusals={placed.data}
        />
      )}
      {placed.other.length > 0 && (
        <div role="alert">
          <Messages id="other-messages" messages={placed.other} />
        </div>
      )}
      <button className="primary" type="submit" disabled={isSending}>
        {isSending ? "Scheduling…" : "Schedule"}
      </button>
    </form>
  );
}

const NONE: readonly Refusal[] = [];

/** What is sent again, as after a lost answer, keeps its key and makes no second job. */
function sameOrNew(
  sent: ScheduleInput | null,
  input: Omit<ScheduleInput, "idempotencyKey">,
): ScheduleInput {
  if (sent !== null && deepEquals({ ...sent, ...input }, sent)) return sent;
  return { ...input, idempotencyKey: crypto.randomUUID() };
}
