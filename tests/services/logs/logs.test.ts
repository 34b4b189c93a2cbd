/** CloudWatch Logs through the official client: order, pages, tokens, patterns, retention, refusals. */
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutMetricFilterCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  TestMetricFilterCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { startApp } from "awan/testing";
import { describe, expect, test } from "vitest";

const logGroupName = "/app/orders";

async function withStreams(...names: string[]) {
  const app = await startApp();
  const logs = app.client(CloudWatchLogsClient);
  await logs.send(new CreateLogGroupCommand({ logGroupName, tags: { team: "blue" } }));
  for (const logStreamName of names)
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const put = (logStreamName: string, ...events: [timestamp: number, message: string][]) =>
    logs.send(
      new PutLogEventsCommand({
        logGroupName,
        logStreamName,
        logEvents: events.map(([timestamp, message]) => ({ timestamp, message })),
      }),
    );
  return { app, logs, put, now: app.clock.nowMs(), [Symbol.asyncDispose]: () => app.close() };
}

describe("events", () => {
  test("are read forwards and backwards with tokens that end where the stream ends", async () => {
    await using context = await withStreams("a");
    const { logs, put, now } = context;
    await put("a", ...[0, 1, 2, 3, 4].map((i): [number, string] => [now + i, `line ${i}`]));
    const read = (input: object) =>
      logs.send(new GetLogEventsCommand({ logGroupName, logStreamName: "a", ...input }));
    const first = await read({ startFromHead: true, limit: 2 });
    expect(first.events?.map(({ message }) => message)).toEqual(["line 0", "line 1"]);
    const second = await read({ nextToken: first.nextForwardToken, limit: 10 });
    expect(second.events?.map(({ message }) => message)).toEqual(["line 2", "line 3", "line 4"]);
    const end = await read({ nextToken: second.nextForwardToken });
    expect(end.events).toEqual([]);
    expect(end.nextForwardToken).toBe(second.nextForwardToken);
    const back = await read({ nextToken: second.nextBackwardToken, limit: 1 });
    expect(back.events?.map(({ message }) => message)).toEqual(["line 1"]);
    const latest = await read({ limit: 2 });
    expect(latest.events?.map(({ message }) => message)).toEqual(["line 3", "line 4"]);
    const range = await read({ startTime: now + 1, endTime: now + 3, startFromHead: true });
    expect(range.events?.map(({ message }) => message)).toEqual(["line 1", "line 2"]);
  });

  test("of several streams are filtered in the order of time", async () => {
    await using context = await withStreams("a", "b", "quiet");
    const { logs, put, now } = context;
    await put("a", [now, "ERROR one"], [now + 20, "ERROR three"]);
    await put("b", [now + 10, '{"level":"ERROR","n":2}'], [now + 30, "fine"]);
    const filter = async (input: object) =>
      (await logs.send(new FilterLogEventsCommand({ logGroupName, ...input }))).events?.map(
        ({ message }) => message,
      );
    expect(await filter({})).toEqual(["ERROR one", '{"level":"ERROR","n":2}', "ERROR three", "fine"]);
    expect(await filter({ filterPattern: "ERROR -three" })).toEqual(["ERROR one", '{"level":"ERROR","n":2}']);
    expect(await filter({ filterPattern: "{ $.n = 2 }" })).toEqual(['{"level":"ERROR","n":2}']);
    expect(await filter({ logStreamNamePrefix: "b" })).toEqual(['{"level":"ERROR","n":2}', "fine"]);
    const page = await logs.send(new FilterLogEventsCommand({ logGroupName, limit: 3 }));
    expect(await filter({ nextToken: page.nextToken })).toEqual(["fine"]);
  });

  test("that are too old or too new are left out and counted", async () => {
    await using context = await withStreams("a");
    const { logs, put, now } = context;
    const hour = 3_600_000;
    expect((await put("a", [now - 1, "kept"], [now + 3 * hour, "future"])).rejectedLogEventsInfo).toEqual({
      tooNewLogEventStartIndex: 1,
    });
    expect((await put("a", [now - 15 * 24 * hour, "past"])).rejectedLogEventsInfo).toEqual({
      tooOldLogEventEndIndex: 1,
    });
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
    expect(events?.map(({ message }) => message)).toEqual(["kept"]);
  });

  test("must be in order and within a day", async () => {
    await using context = await withStreams("a");
    const { put, now } = context;
    await expect(put("a", [now, "x"], [now - 1, "y"])).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "Log events in a single PutLogEvents request must be in chronological order.",
    });
    await expect(put("a", [now - 86_400_001, "x"], [now, "y"])).rejects.toThrow(
      /cannot span more than 24 hours/,
    );
    await expect(put("a", [now, "x".repeat(1_048_576)])).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    await expect(put("missing", [now, "x"])).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The specified log stream does not exist.",
    });
  });
});

describe("groups and streams", () => {
  test("are described, tagged and deleted", async () => {
    await using context = await withStreams("a", "b");
    const { logs, put, now } = context;
    await put("b", [now, "hello"]);
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/app" }));
    const arn = "arn:aws:logs:us-east-1:000000000000:log-group:/app/orders";
    expect(logGroups).toMatchObject([{ logGroupName, arn: `${arn}:*`, logGroupArn: arn, creationTime: now }]);
    const byTime = await logs.send(
      new DescribeLogStreamsCommand({ logGroupName, orderBy: "LastEventTime", descending: true }),
    );
    expect(byTime.logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(["b", "a"]);
    expect(byTime.logStreams?.[0]).toMatchObject({ firstEventTimestamp: now, lastEventTimestamp: now });
    await logs.send(new TagResourceCommand({ resourceArn: arn, tags: { cost: "1" } }));
    expect((await logs.send(new ListTagsForResourceCommand({ resourceArn: arn }))).tags).toEqual({
      team: "blue",
      cost: "1",
    });
    await expect(logs.send(new CreateLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
      message: "The specified log group already exists",
    });
    await logs.send(new DeleteLogGroupCommand({ logGroupName }));
    await expect(logs.send(new DescribeLogStreamsCommand({ logGroupName }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The specified log group does not exist.",
    });
  });

  test("retention deletes what is too old, and only that", async () => {
    await using context = await withStreams("a");
    const { app, logs, put, now } = context;
    await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 3 }));
    await put("a", [now, "old"]);
    await app.clock.advance("2d");
    await put("a", [now + 2 * 86_400_000, "young"]);
    await app.clock.advance("2d");
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
    expect(events?.map(({ message }) => message)).toEqual(["young"]);
    await app.clock.advance("4d");
    expect((await logs.send(new FilterLogEventsCommand({ logGroupName }))).events).toEqual([]);
    await expect(
      logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 2 })),
    ).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });

  test("metric filters are kept and can be tried", async () => {
    await using context = await withStreams();
    const { logs } = context;
    const metricTransformations = [{ metricName: "Errors", metricNamespace: "App", metricValue: "1" }];
    await logs.send(
      new PutMetricFilterCommand({
        logGroupName,
        filterName: "e",
        filterPattern: "ERROR",
        metricTransformations,
      }),
    );
    await expect(
      logs.send(
        new PutMetricFilterCommand({
          logGroupName,
          filterName: "e",
          filterPattern: "{ $.a",
          metricTransformations,
        }),
      ),
    ).rejects.toMatchObject({ name: "InvalidParameterException" });
    const tried = await logs.send(
      new TestMetricFilterCommand({
        filterPattern: "[ip, status=4*]",
        logEventMessages: ["::1 404", "::1 200"],
      }),
    );
    expect(tried.matches).toEqual([
      { eventNumber: 1, eventMessage: "::1 404", extractedValues: { $ip: "::1", $status: "404" } },
    ]);
  });
});
