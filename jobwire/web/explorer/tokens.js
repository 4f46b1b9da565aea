/** The words of a GraphQL document or of JSON: for colours, and to find operations. */

const WORD = new RegExp(
  [
    /(?<comment>#[^\n\r]*)/,
    /(?<string>"""(?:\\"""|[^])*?(?:"""|$)|"(?:\\.|[^"\\\n\r])*"?)/,
    /(?<number>-?\d[\w.+-]*)/,
    /(?<variable>\$\w*)/,
    /(?<directive>@\w*)/,
    /(?<name>[A-Za-z_]\w*)/,
    /(?<mark>\.{3}|[{}()[\]:!=|&])/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "g",
);
const KEYWORDS = new Set(["query", "mutation", "subscription", "fragment", "on"]);
const CONSTANTS = new Set(["true", "false", "null"]);
/** Longer texts, in characters, are shown without colours. */
const COLOURED_UP_TO = 200_000;

/**
 * @typedef {{kind: string, text: string, start: number}} Token
 * @typedef {{type: "query" | "mutation" | "subscription", name: string | null,
 *   start: number, end: number}} Operation
 */

/**
 * Find the words; what is between them is white space, or nothing that we know.
 *
 * @param {string} text
 * @returns {Generator<Token>}
 */
export function* tokensOf(text) {
  for (const match of text.matchAll(WORD)) {
    const groups = /** @type {Record<string, string | undefined>} */ (match.groups);
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined) ?? "";
    yield { kind, text: match[0], start: match.index };
  }
}

/**
 * Turn a text into nodes, with a class for each kind of word.
 *
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function colour(text) {
  if (text.length > COLOURED_UP_TO) return [text];
  /** @type {(Node | string)[]} */
  const nodes = [];
  let end = 0;
  for (const token of tokensOf(text)) {
    if (token.start > end) nodes.push(text.slice(end, token.start));
    end = token.start + token.text.length;
    const span = document.createElement("span");
    span.className = `is-${meaning(token, text, end)}`;
    span.textContent = token.text;
    nodes.push(span);
  }
  nodes.push(text.slice(end));
  return nodes;
}

/**
 * Find the operations of a document that may not be finished yet.
 *
 * @param {string} text
 * @returns {Operation[]}
 */
export function operationsOf(text) {
  /** @type {Operation[]} */
  const operations = [];
  let depth = 0;
  /** Whether a definition has begun whose braces have not. */
  let isInHead = false;
  for (const { kind, text: word, start } of tokensOf(text)) {
    const last = operations.at(-1);
    if (depth === 0 && kind === "name" && !isInHead && KEYWORDS.has(word)) {
      isInHead = true;
      if (word !== "fragment") operations.push(operation(word, start, text.length));
    } else if (depth === 0 && kind === "name" && last?.name === null && isInHead) {
      last.name = word;
    } else if (kind === "mark" && "{([".includes(word)) {
      if (depth === 0 && word === "{") {
        if (!isInHead) operations.push(operation("query", start, text.length));
        isInHead = false;
      }
      depth += 1;
    } else if (kind === "mark" && "})]".includes(word)) {
      depth = Math.max(0, depth - 1);
      if (depth === 0 && !isInHead && last) last.end = start + 1;
    }
  }
  return operations;
}

/**
 * @param {string} type
 * @param {number} start
 * @param {number} end
 * @returns {Operation}
 */
function operation(type, start, end) {
  return { type: /** @type {Operation["type"]} */ (type), name: null, start, end };
}

/**
 * @param {Token} token
 * @param {string} text
 * @param {number} end
 */
function meaning({ kind, text: word }, text, end) {
  const isKey = () => /^\s*:/.test(text.slice(end, end + 40));
  if (kind === "string") return isKey() ? "key" : "string";
  if (kind !== "name") return kind;
  if (CONSTANTS.has(word)) return "constant";
  if (isKey()) return "key";
  if (KEYWORDS.has(word)) return "keyword";
  return /^[A-Z]/.test(word) ? "type" : "name";
}
