/** The faults: those that the emulator has, and the form that adds one. */

import { byId, element } from "./dom.js";

const ROUTE = { name: "route", label: "Route", placeholder: "POST /api/v1/tasks/*" };
const RUN = { name: "run", label: "Run", placeholder: "any" };
const TIMES = { name: "times", label: "How often", type: "number", placeholder: "until removed" };
const SECONDS = { name: "seconds", label: "Seconds", type: "number", value: "5" };
const ACCEPTED = { name: "accepted", label: "Carry the request out", type: "checkbox" };
const CHANNEL = { name: "channel", label: "Channel", options: ["", "alerts", "hooks"] };
const EVENT = { name: "event", label: "Event", placeholder: "alert.* or RUN_STARTED" };
const OF_WEBHOOKS = [CHANNEL, EVENT, RUN, TIMES];

/** @type {Record<string, {label: string, about: string, members: any[]}>} */
const KINDS = {
  answer: {
    label: "Answer 429 or 5xx",
    about: "Requests of a route get another answer.",
    members: [
      { name: "status", label: "Status", type: "number", value: "503" },
      ROUTE,
      RUN,
      TIMES,
      ACCEPTED,
    ],
  },
  slow: {
    label: "Answer slowly",
    about: "Requests of a route wait, by the clock of the emulator.",
    members: [SECONDS, ROUTE, RUN, TIMES],
  },
  drop: {
    label: "Drop the connection",
    about: "No answer comes.",
    members: [ROUTE, RUN, TIMES, { ...ACCEPTED, checked: true }],
  },
  crash: {
    label: "Crash after accepting",
    about: "The process dies when it has carried out a request, before it answers.",
    members: [ROUTE, RUN],
  },
  "stop-ticking": {
    label: "Stop ticking",
    about: "Nothing that is due happens.",
    members: [],
  },
  "lag-list": {
    label: "Lag the lists",
    about: "Runs are listed so much later.",
    members: [SECONDS],
  },
  "lose-webhook": { label: "Lose webhooks", about: "They never come.", members: OF_WEBHOOKS },
  "delay-webhook": {
    label: "Delay webhooks",
    about: "They come late, by the clock of the emulator.",
    members: [SECONDS, ...OF_WEBHOOKS],
  },
  "duplicate-webhook": {
    label: "Duplicate webhooks",
    about: "They come more than once.",
    members: [{ name: "copies", label: "Copies", type: "number", value: "2" }, ...OF_WEBHOOKS],
  },
  "reorder-webhook": {
    label: "Reorder webhooks",
    about: "Each comes after the next one, or after 10 s.",
    members: OF_WEBHOOKS,
  },
  "corrupt-webhook": {
    label: "Corrupt webhooks",
    about: "The signature is wrong, or a byte of the body.",
    members: [{ name: "part", label: "Part", options: ["signature", "body"] }, ...OF_WEBHOOKS],
  },
};

let shown = "";

/**
 * @param {any[]} faults
 * @param {(fault: string) => void} remove
 */
export function showFaults(faults, remove) {
  const now = JSON.stringify(faults);
  if (now === shown) return;
  shown = now;
  byId("faults").replaceChildren(...faults.map((fault) => item(fault, remove)));
  byId("no-faults").hidden = faults.length > 0;
  byId("clear").hidden = faults.length === 0;
}

/** @param {(fault: Record<string, unknown>) => Promise<void>} add */
export function prepareForm(add) {
  const kind = byId("kind");
  for (const [value, { label }] of Object.entries(KINDS)) {
    kind.append(element("option", { value }, label));
  }
  kind.addEventListener("change", showMembers);
  showMembers();
  byId("fault").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    void add(described());
  });
}

function showMembers() {
  const { about, members } = KINDS[byId("kind").value];
  byId("about").textContent = about;
  byId("members").replaceChildren(...members.map(field));
}

/** @param {any} member */
function field(member) {
  const { name, label, options, checked, ...attributes } = member;
  const id = `member-${name}`;
  const input = options
    ? element(
        "select",
        { id, name },
        ...options.map((/** @type {string} */ one) =>
          element("option", { value: one }, one || "all"),
        ),
      )
    : element("input", { id, name, autocomplete: "off", ...attributes });
  if (attributes.type === "number") input.setAttribute("step", "any");
  if (checked) input.setAttribute("checked", "");
  return attributes.type === "checkbox"
    ? element("label", { class: "is-check" }, input, label)
    : element("label", {}, label, input);
}

function described() {
  const kind = byId("kind").value;
  /** @type {Record<string, unknown>} */
  const fault = { kind };
  for (const { name, type } of KINDS[kind].members) {
    const input = byId(`member-${name}`);
    if (type === "checkbox") fault[name] = input.checked;
    else if (input.value !== "") fault[name] = type === "number" ? Number(input.value) : input.value;
  }
  return fault;
}

/**
 * @param {any} fault
 * @param {(fault: string) => void} remove
 */
function item(fault, remove) {
  const { id, kind, used, left, ...members } = fault;
  const label = KINDS[kind]?.label ?? kind;
  const details = Object.entries(members)
    .filter(([name, value]) => name !== "times" && value !== false)
    .map(([name, value]) => `${name} ${value}`);
  if (used > 0 || left !== undefined) {
    details.push(`${used} so far${left === undefined ? "" : `, ${left} left`}`);
  }
  const button = element(
    "button",
    { type: "button", class: "quiet", "aria-label": `Remove ${label}` },
    "Remove",
  );
  button.addEventListener("click", () => remove(id));
  return element(
    "li",
    {},
    element("div", { class: "what" }, label, element("span", {}, details.join(" · "))),
    button,
  );
}
