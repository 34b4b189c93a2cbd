/** `awan status`: what is running and deployed. */
import { createOutput, paint } from "./output.ts";
import { connect } from "./remote.ts";

interface StackSummary {
  readonly StackName: string;
  readonly StackStatus: string;
}

export async function status(options: {
  readonly endpoint: string;
  readonly region: string;
  readonly json: boolean;
}): Promise<void> {
  const remote = connect(options);
  const output = createOutput(options.json);
  const health = await remote.admin("GET", "health");
  const services = health["services"] as readonly string[];
  output.event("server", `${paint("green", "●")} ${remote.endpoint}: ${services.join(", ")}`, {
    endpoint: remote.endpoint,
    ...health,
  });
  const { Stacks } = await remote.invoke("cloudformation", "DescribeStacks");
  for (const stack of (Stacks ?? []) as readonly StackSummary[]) {
    output.event("stack", `  ${stack.StackName}  ${stack.StackStatus}`, { ...stack });
  }
}
