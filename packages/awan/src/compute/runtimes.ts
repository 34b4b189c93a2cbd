/** Which program of this machine serves which of AWS's runtimes. */

export type RuntimeChoice = { readonly kind: "node" } | { readonly kind: "none"; readonly reason: string };

/** Node.js functions run on the Node.js that runs Awan, whichever version they ask for. */
export function runtimeFor(runtime: string): RuntimeChoice {
  if (runtime.startsWith("nodejs")) return { kind: "node" };
  return { kind: "none", reason: `Awan cannot run the runtime ${runtime} yet.` };
}
