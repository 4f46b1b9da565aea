/** Which jobs to show. */

import { type FormEvent, useEffect, useState } from "react";
import { type Filter, isStatusChoice, STATUS_CHOICES, tagsOf } from "../filter.ts";

/** How long typing pauses before it counts, in ms. */
const PAUSE = 600;

interface Props {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

export function FilterBar({ filter, onChange }: Props) {
  const given = filter.tags.join(", ");
  const [text, setText] = useState(given);
  const [shown, setShown] = useState(given);
  // What came from elsewhere, as from the back button, takes the place of the text.
  if (shown !== given) {
    setShown(given);
    if (tagsOf(text).join(", ") !== given) setText(given);
  }

  useEffect(() => {
    const tags = tagsOf(text);
    if (tags.join(", ") === given) return;
    const timer = setTimeout(() => onChange({ ...filter, tags }), PAUSE);
    return () => clearTimeout(timer);
  }, [text, given, filter, onChange]);

  const apply = (event: FormEvent) => {
    event.preventDefault();
    onChange({ ...filter, tags: tagsOf(text) });
  };

  return (
    <search>
      <form className="filter" onSubmit={apply}>
        <label>
          Status
          <select
            value={filter.status}
            onChange={({ target }) => {
              if (isStatusChoice(target.value)) {
                onChange({ status: target.value, tags: tagsOf(text) });
              }
            }}
          >
            {Object.entries(STATUS_CHOICES).map(([status, word]) => (
              <option key={status} value={status}>
                {word}
              </option>
            ))}
          </select>
        </label>
        <label>
          Tag
          <input
            type="search"
            placeholder="sales, reports"
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
      </form>
    </search>
  );
}
