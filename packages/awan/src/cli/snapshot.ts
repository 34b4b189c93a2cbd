/** `awan snapshot` and `awan fork`: states of a running cloud to come back to, and copies of it. */
import { readFile, writeFile } from "node:fs/promises";
import { createOutput, UserError } from "./output.ts";
import { connect } from "./remote.ts";

interface Flags {
  readonly endpoint: string;
  readonly region: string;
  readonly json: boolean;
}

/** `save`, `restore`, `list`; `export` and `import` carry one between machines. */
export async function snapshot(
  action: string,
  name: string | undefined,
  file: string | undefined,
  flags: Flags,
): Promise<void> {
  const remote = connect(flags);
  const output = createOutput(flags.json);
  const query = `?name=${encodeURIComponent(name ?? "")}`;
  if (action === "list") {
    const { snapshots } = (await remote.admin("GET", "snapshots")) as { snapshots: readonly string[] };
    output.event("snapshots", snapshots.length === 0 ? "no snapshots" : snapshots.join("\n"), { snapshots });
  } else if (action === "save" && name !== undefined) {
    const saved = await remote.admin("POST", `snapshots/save${query}`);
    output.event("saved", `saved ${name} (${String(saved["sizeBytes"])} bytes)`, saved);
  } else if (action === "restore" && name !== undefined) {
    const restored = await remote.admin("POST", `snapshots/restore${query}`);
    output.event("restored", `restored ${name}`, { name, ...restored });
  } else if (action === "export" && name !== undefined && file !== undefined) {
    await writeFile(file, await remote.download(`snapshots/content${query}`));
    output.event("exported", `wrote ${file}`, { name, file });
  } else if (action === "import" && name !== undefined) {
    const restored = await remote.upload("snapshots/load", await readFile(name));
    output.event("restored", `restored from ${name}`, { file: name, ...restored });
  } else {
    throw new UserError(
      'say "awan snapshot save|restore <name>", "awan snapshot list", "awan snapshot export <name> <file>" or "awan snapshot import <file>"',
    );
  }
}

/** Without a name: makes a fork; with `close <name>`: ends one. */
export async function fork(
  action: string | undefined,
  name: string | undefined,
  flags: Flags & { readonly seed?: string },
): Promise<void> {
  const remote = connect(flags);
  const output = createOutput(flags.json);
  if (action === undefined) {
    const made = await remote.admin("POST", `forks${flags.seed === undefined ? "" : `?seed=${flags.seed}`}`);
    output.event("fork", `fork ${String(made["name"])} at ${String(made["endpoint"])}`, made);
  } else if (action === "list") {
    const { forks } = (await remote.admin("GET", "forks")) as { forks: readonly string[] };
    output.event("forks", forks.length === 0 ? "no forks" : forks.join("\n"), { forks });
  } else if (action === "close" && name !== undefined) {
    const left = await remote.admin("DELETE", `forks?name=${encodeURIComponent(name)}`);
    output.event("closed", `closed fork ${name}`, left);
  } else throw new UserError('say "awan fork", "awan fork list" or "awan fork close <name>"');
}
