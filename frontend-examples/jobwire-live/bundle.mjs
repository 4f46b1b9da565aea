/** Make one module of src/, for pages without a build step: types away, comments kept. */

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import tsBlankSpace from "ts-blank-space";
import ts from "typescript";

const NAME = "jobwire-live";
const BANNER =
  "// Made from frontend-examples/jobwire-live/src by `npm run bundle` there; change it there.\n";

/** The folders beside Jobwire's sources, or the one that is given. */
const [target] = process.argv.slice(2);
const folders = target ? [target] : ["../vanilla", "../../jobwire/web/page"];

process.chdir(fileURLToPath(new URL(".", import.meta.url)));

const module = await bundled({
  name: "without-types",
  transform: (code) => ({ code: tsBlankSpace(withoutTypes(code)), map: null }),
});
const types = await bundled(dts({ tsconfig: "tsconfig.build.json" }));

for (const folder of folders) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${NAME}.js`, formatted(module, "js"));
}
writeFileSync(`${folders[0]}/${NAME}.d.ts`, formatted(types, "d.ts"));

async function bundled(plugin) {
  const bundle = await rollup({ input: "src/index.ts", plugins: [plugin] });
  const { output } = await bundle.generate({ format: "es", banner: BANNER });
  return output[0].code;
}

/** Take away declarations of types together with what is said of them. */
function withoutTypes(code) {
  const file = ts.createSourceFile("module.ts", code, ts.ScriptTarget.Latest, true);
  return file.statements
    .filter((one) => ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one))
    .reduceRight((rest, one) => {
      const comment = ts.getJSDocCommentsAndTags(one).at(-1);
      const start = comment?.pos ?? one.getStart(file);
      return rest.slice(0, start) + rest.slice(one.end);
    }, code);
}

function formatted(code, extension) {
  const biome = "node_modules/@biomejs/biome/bin/biome";
  const args = [biome, "format", `--stdin-file-path=src/${NAME}.${extension}`];
  return execFileSync(process.execPath, args, { input: code, encoding: "utf8" });
}
