/** `awan faults`: what goes wrong in a running cloud, and what did. */
import { createOutput, UserError } from "./output.ts";
import { connect } from "./remote.ts";

export interface FaultFlags {
  readonly endpoint: string;
  readonly region: string;
  readonly json: boolean;
  readonly seed?: string;
  readonly times?: string;
  readonly probability?: string;
  readonly delay?: string;
  readonly code?: string;
}

/** `words`: `list`, `clear`, `profile at-least-once`, or `on Payments throttle`. */
export async function faults(words: readonly string[], flags: FaultFlags): Promise<void> {
  const remote = connect(flags);
  const [action = "list", first, second] = words;
  let state: Record<string, unknown>;
  if (action === "list") state = await remote.admin("GET", "faults");
  else if (action === "clear") state = await remote.admin("DELETE", "faults");
  else if (action === "profile" && first !== undefined) {
    const seed = flags.seed === undefined ? {} : { seed: Number(flags.seed) };
    state = await remote.admin("POST", "faults", { profile: first, ...seed });
  } else if (action === "on" && first !== undefined && second !== undefined) {
    state = await remote.admin("POST", "faults", { on: first, kind: second, ...detailsOf(flags) });
  } else {
    throw new UserError(
      'say "awan faults list", "awan faults clear", "awan faults profile at-least-once" or "awan faults on Payments throttle --times 2"',
    );
  }
  const { rules, happened } = state as { rules: readonly unknown[]; happened: readonly string[] };
  const output = createOutput(flags.json);
  const lines = [
    ...rules.map((rule) => JSON.stringify(rule)),
    ...happened.map((fault) => `happened: ${fault}`),
  ];
  output.event("faults", lines.length === 0 ? "no faults" : lines.join("\n"), state);
}

function detailsOf({ seed, times, probability, delay, code }: FaultFlags): object {
  return {
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(times === undefined ? {} : { times: Number(times) }),
    ...(probability === undefined ? {} : { probability: Number(probability) }),
    ...(delay === undefined ? {} : { delay }),
    ...(code === undefined ? {} : { code }),
  };
}
