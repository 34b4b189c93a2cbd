/** A directory as a zip archive: names with slashes, files' modes kept, so that a `bootstrap` stays executable. */
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Zippable, zipSync } from "fflate";

/** Archives name dates from 1980 on; a fixed one makes the same directory the same archive. */
const date = new Date(1980, 0, 1, 12);

export function archiveOf(directory: string): Uint8Array {
  const files: Zippable = {};
  const add = (path: string, name: string, above: readonly string[]): void => {
    const real = realpathSync(path);
    // A link to a directory it is in would go on for ever.
    if (above.includes(real)) return;
    for (const entry of readdirSync(path).toSorted()) {
      const full = join(path, entry);
      const found = statSync(full, { throwIfNoEntry: false });
      if (found?.isDirectory() === true) add(full, `${name}${entry}/`, [...above, real]);
      else if (found?.isFile() === true)
        files[`${name}${entry}`] = [readFileSync(full), { os: 3, attrs: found.mode * 65_536, mtime: date }];
    }
  };
  add(directory, "", []);
  return zipSync(files, { level: 1 });
}
