/** `awan logs`: what functions wrote, from CloudWatch Logs. */
import { createOutput, paint } from "./output.ts";
import { connect, pause, type Remote } from "./remote.ts";

interface LogEvent {
  readonly timestamp?: number;
  readonly message?: string;
  readonly eventId?: string;
}

export async function logs(
  group: string | undefined,
  options: {
    readonly endpoint: string;
    readonly region: string;
    readonly json: boolean;
    readonly follow?: boolean;
  },
): Promise<void> {
  const remote = connect(options);
  const output = createOutput(options.json);
  const seen = new Set<string>();
  for (;;) {
    for (const name of group === undefined ? await groupNames(remote) : [group]) {
      for (const event of await eventsOf(remote, name)) {
        const id = `${name} ${event.eventId}`;
        if (seen.has(id)) continue;
        seen.add(id);
        const time = new Date(event.timestamp ?? 0).toISOString();
        const text = `${paint("gray", time)} ${paint("cyan", name.replace(/^\/aws\/lambda\//, ""))} ${(event.message ?? "").trimEnd()}`;
        output.event("log", text, { group: name, time, message: event.message });
      }
    }
    if (options.follow !== true) return;
    await pause(500);
  }
}

async function groupNames(remote: Remote): Promise<string[]> {
  const { logGroups } = await remote.invoke("logs", "DescribeLogGroups");
  return ((logGroups ?? []) as readonly { readonly logGroupName: string }[]).map((each) => each.logGroupName);
}

async function eventsOf(remote: Remote, logGroupName: string): Promise<LogEvent[]> {
  const events: LogEvent[] = [];
  let nextToken: unknown;
  do {
    const page = await remote.invoke("logs", "FilterLogEvents", {
      logGroupName,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    events.push(...((page["events"] ?? []) as LogEvent[]));
    nextToken = page["nextToken"];
  } while (nextToken !== undefined);
  return events;
}
