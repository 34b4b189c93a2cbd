/**
 * A name for what a directory of code holds now, so that a changed source is a changed template and the stack's next
 * update makes the function load it anew.
 */
import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** What is installed or generated beside sources; a change in there is a change of `package.json` or of a source. */
const ignored: ReadonlySet<string> = new Set(["node_modules", ".git", ".awan"]);
/** Larger files are named by their size and time instead of their content. */
const readSizeBytesMax = 1024 * 1024;

/** 32 hexadecimal digits; the same for the same files. */
export async function directoryVersion(path: string): Promise<string> {
  const hash = createHash("sha256");
  if ((await stat(path)).isFile()) hash.update(await contentOf(path));
  else await addDirectory(hash, path, "");
  return hash.digest("hex").slice(0, 32);
}

async function addDirectory(hash: ReturnType<typeof createHash>, root: string, below: string): Promise<void> {
  const entries: Dirent[] = await readdir(join(root, below), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (ignored.has(entry.name)) continue;
    const name = join(below, entry.name);
    if (entry.isDirectory()) await addDirectory(hash, root, name);
    else hash.update(`${name}\0`).update(await contentOf(join(root, name)));
  }
}

async function contentOf(file: string): Promise<string | Buffer> {
  const { size, mtimeMs } = await stat(file);
  return size > readSizeBytesMax ? `${size} ${mtimeMs}` : readFile(file);
}
