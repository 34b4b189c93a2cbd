/** `awan clock`: moves the whole cloud's time. */
import { createOutput, UserError } from "./output.ts";
import { connect } from "./remote.ts";

export async function clock(
  action: string,
  duration: string | undefined,
  options: { readonly endpoint: string; readonly region: string; readonly json: boolean },
): Promise<void> {
  const remote = connect(options);
  if (action === "advance" && duration !== undefined) {
    await remote.admin("POST", `clock/advance?by=${encodeURIComponent(duration)}`);
  } else if (action === "until" && duration !== undefined) {
    await remote.admin("POST", `clock/run-until?at=${encodeURIComponent(duration)}`);
  } else if (action === "skip") await remote.admin("POST", "clock/skip-to-next");
  else if (action !== "show") {
    throw new UserError(
      'say "awan clock show", "awan clock advance 15m", "awan clock skip" or "awan clock until 2026-01-01T00:00:00Z"',
    );
  }
  const answer = await remote.admin("GET", "clock");
  const now = new Date(Number(answer["nowMs"])).toISOString();
  createOutput(options.json).event("clock", now, { now, ...answer });
}
