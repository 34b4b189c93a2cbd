// Builds the published package: the CLI, the library and the testing entry as a handful of chunks that are loaded when
// they are needed. Services stay separate chunks, because starting Awan must not load what is not used.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../packages/awan/", import.meta.url));
const dist = `${root}dist`;

export async function buildAwan() {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  await build({
    absWorkingDir: root,
    entryPoints: { awan: "src/cli/bin.ts", index: "src/index.ts", testing: "src/testing/index.ts" },
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    // Chunks stay beside the entries: files that are found relative to import.meta.url are then in dist itself.
    chunkNames: "chunk-[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    external: ["lmdb", "esbuild", "chokidar", "msgpackr"],
    conditions: ["awan/source"],
    banner: {
      js: `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`,
    },
    logLevel: "warning",
  });
  cpSync(`${root}src/model/tables`, `${dist}/tables`, { recursive: true });
  cpSync(`${root}src/compute/bootstraps`, `${dist}/bootstraps`, { recursive: true });
  for (const file of ["LICENSE", "NOTICE"])
    cpSync(`${root}../../${file}`, `${root}${file}`, { errorOnExist: false });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAwan();
