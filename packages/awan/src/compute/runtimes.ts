/**
 * Which program of this machine serves which of AWS's runtimes. A version that is not here is served by the nearest that
 * is, and the function's log says so once.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

export type RuntimeChoice =
  | { readonly kind: "node" }
  /** A program behind the framed pipe (Python) or over the Runtime API. */
  | {
      readonly kind: "python" | "ruby" | "java" | "dotnet";
      readonly interpreter: string;
      /** For the function's log, when another version was asked for. */
      readonly notice: string | undefined;
    }
  /** An executable named `bootstrap` in the code or a layer, over the Runtime API. */
  | { readonly kind: "provided" }
  | { readonly kind: "none"; readonly reason: string };

interface Family {
  readonly kind: "python" | "ruby" | "java" | "dotnet";
  readonly title: string;
  /** Commands to try, best first. */
  readonly commands: (version: string) => readonly string[];
  /** Arguments that make the program print its version and, after a space, its path. */
  readonly ask: readonly string[];
  /** What of the output is the version, and which part of that AWS's names tell. */
  readonly version: RegExp;
  readonly install: string;
}

/** Versions from 3.8 to 3.20, the nearest to the asked one first, newer before older. */
function pythons(version: string): string[] {
  const asked = Number(version.split(".")[1] ?? 12);
  const minors = Array.from({ length: 13 }, (_unused, i) => 8 + i);
  const byDistance = minors.toSorted(
    (a, b) => Math.abs(a - asked) - Math.abs(b - asked) || (a > asked ? -1 : 1),
  );
  return [...byDistance.map((minor) => `python3.${minor}`), "python3", "python"];
}

const javaHome = process.env["JAVA_HOME"];

const families: Readonly<Record<string, Family>> = {
  python: {
    kind: "python",
    title: "Python",
    commands: pythons,
    ask: ["-c", "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"],
    version: /^(3\.\d+) (.+)/,
    install: "Python 3 (a command python3 on the PATH)",
  },
  ruby: {
    kind: "ruby",
    title: "Ruby",
    commands: (version) => [`ruby${version}`, "ruby"],
    ask: ["-e", "puts RUBY_VERSION[/\\d+\\.\\d+/] + ' ' + RbConfig.ruby"],
    version: /^(\d+\.\d+) (.+)/,
    install: "Ruby 3 (a command ruby on the PATH)",
  },
  java: {
    kind: "java",
    title: "Java",
    commands: () => [...(javaHome === undefined ? [] : [`${javaHome}/bin/javac`]), "javac"],
    ask: ["-version"],
    version: /^javac (?:1\.)?(\d+)/,
    install: "a JDK (commands java and javac on the PATH, or JAVA_HOME)",
  },
  dotnet: {
    kind: "dotnet",
    title: ".NET",
    commands: () => ["dotnet"],
    ask: ["--version"],
    version: /^(\d+)\./,
    install: "the .NET runtime (a command dotnet on the PATH)",
  },
};

const run = promisify(execFile);
const found = new Map<string, Promise<Found | undefined>>();

interface Found {
  readonly interpreter: string;
  readonly version: string;
}

/** Node.js functions run on the Node.js that runs Awan, whichever version they ask for. */
export async function runtimeFor(runtime: string): Promise<RuntimeChoice> {
  if (runtime.startsWith("nodejs")) return { kind: "node" };
  if (runtime.startsWith("provided")) return { kind: "provided" };
  const [, name = "", version = ""] = /^([a-z]+)([\d.]*\d)?/.exec(runtime) ?? [];
  const family = families[name];
  if (family === undefined) {
    return { kind: "none", reason: unusableReason(runtime) ?? `Awan cannot run the runtime ${runtime}.` };
  }
  let search = found.get(runtime);
  if (search === undefined) found.set(runtime, (search = firstWorking(family, version)));
  const usable = await search;
  if (usable === undefined) {
    // Asked again next time: it may have been installed meanwhile.
    found.delete(runtime);
    const reason = `The runtime ${runtime} needs ${family.title} on this machine, and none was found. Install ${family.install}.`;
    return { kind: "none", reason };
  }
  const notice =
    usable.version === version
      ? undefined
      : `awan: ${runtime} was asked for; ${family.title} ${usable.version} of this machine runs it.\n`;
  return { kind: family.kind, interpreter: usable.interpreter, notice };
}

/** Why a runtime can never be run here; undefined when it can, or when it depends on what is installed. */
export function unusableReason(runtime: string): string | undefined {
  if (/^(?:nodejs|provided|python|ruby|java|dotnet)/.test(runtime)) return undefined;
  return `Awan cannot run the runtime ${runtime}: nodejs*, python3.*, ruby3.*, java*, dotnet* and provided.* can be run.`;
}

/** The real path of the first command that works: shims cost more than the interpreter's own start. */
async function firstWorking(family: Family, version: string): Promise<Found | undefined> {
  for (const command of family.commands(version)) {
    try {
      const { stdout, stderr } = await run(command, [...family.ask]);
      const [, present, path] = family.version.exec(`${stdout}${stderr}`.trim()) ?? [];
      if (present !== undefined) return { interpreter: path ?? command, version: present };
    } catch {
      // Not there, or not usable: the next may be.
    }
  }
  return undefined;
}
