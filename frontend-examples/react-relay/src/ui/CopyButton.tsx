import { useState } from "react";

interface Props {
  text: string;
  /** What is copied, for those who do not see where the button stands. */
  name: string;
}

export function CopyButton({ text, name }: Props) {
  const [copied, setCopied] = useState<string | null>(null);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(text);
  };
  return (
    <button className="quiet" type="button" aria-label={`Copy ${name}`} onClick={copy}>
      {copied === text ? "Copied" : "Copy"}
    </button>
  );
}
