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
  } else if (action !== "show") throw new UserError('say "awan clock show" or "awan clock advance 15m"');
  const answer = await remote.admin("GET", "clock");
  const now = new Date(Number(answer["nowMs"])).toISOString();
  createOutput(options.json).event("clock", now, { now, ...answer });
}
