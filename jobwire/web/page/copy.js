/** A button that copies a text. */

import { element, icon } from "./dom.js";

/** How long the button says that it has copied, in ms. */
const SAID_FOR = 1600;

/**
 * @param {() => string} text What to copy when it is pressed.
 * @param {string} [label]
 */
export function copyButton(text, label = "Copy") {
  const caption = element("span", { role: "status" }, label);
  const copy = async () => {
    const isCopied = await write(text());
    caption.textContent = isCopied ? "Copied" : "Not allowed here";
    setTimeout(() => (caption.textContent = label), SAID_FOR);
  };
  return element(
    "button",
    { type: "button", class: "quiet", "aria-label": label, onclick: copy },
    icon("copy"),
    caption,
  );
}

/**
 * @param {string} text
 * @returns {Promise<boolean>} false: the browser refuses, as it does without https.
 */
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
