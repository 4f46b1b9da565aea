/** Loads TypeScript in any Node from 20.6 on, with a stand-in for Trigger.dev's SDK. */
import { readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

export function resolve(specifier, context, nextResolve) {
  if (specifier === "@trigger.dev/sdk") {
    return { url: new URL("sdk.mjs", import.meta.url).href, shortCircuit: true };
  }
  return nextResolve(specifier, context);
}

export function load(url, context, nextLoad) {
  if (!url.endsWith(".ts")) return nextLoad(url, context);
  const source = stripTypes(readFileSync(fileURLToPath(url), "utf8"), url);
  return { format: "module", source, shortCircuit: true };
}

function stripTypes(source, url) {
  if (nodeModule.stripTypeScriptTypes) return nodeModule.stripTypeScriptTypes(source);
  const typescript = requireCompiler(url);
  const compilerOptions = {
    module: typescript.ModuleKind.ESNext,
    target: typescript.ScriptTarget.ES2022,
  };
  return typescript.transpileModule(source, { compilerOptions }).outputText;
}

/** Only a Node that cannot strip types needs it; it is there after `npm ci`. */
function requireCompiler(url) {
  try {
    return nodeModule.createRequire(url)("typescript");
  } catch (error) {
    const folder = fileURLToPath(new URL(".", url));
    throw new Error(
      `Node ${process.version} needs TypeScript to read ${url}: run npm ci in ${folder},` +
        " or use Node 22.13 or newer",
      { cause: error },
    );
  }
}
