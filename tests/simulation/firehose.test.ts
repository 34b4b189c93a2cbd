/**
 * Firehose under random puts, waits, refusing buckets and failing functions: every record that was put is in the bucket,
 * below the error prefix or dropped by the function, exactly once, and the backup has all of them.
 */
import * as fc from "fast-check";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

type Fate = "Ok" | "Dropped" | "ProcessingFailed";
type Step =
  | { readonly kind: "put"; readonly fates: readonly Fate[]; readonly kibibytes: number }
  | { readonly kind: "wait"; readonly seconds: number }
  | { readonly kind: "refuse"; readonly times: number }
  | { readonly kind: "break"; readonly times: number }
  | { readonly kind: "update" };

const fate: fc.Arbitrary<Fate> = fc.constantFrom("Ok", "Ok", "Ok", "Dropped", "ProcessingFailed");
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("put" as const),
      fates: fc.array(fate, { minLength: 1, maxLength: 5 }),
      kibibytes: fc.constantFrom(0, 0, 0, 300),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 90 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("refuse" as const, "break" as const),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("update" as const) }) },
);

test("every record is delivered, refused or dropped exactly once", { timeout: 120_000 }, async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 30, size: "max" }), history), { numRuns: 15 });
});

interface TransformEvent {
  readonly records: readonly { readonly recordId: string; readonly data: string }[];
}

const arn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
const RoleARN = "arn:aws:iam::000000000000:role/r";
const hints = { SizeInMBs: 1, IntervalInSeconds: 60 };

async function history(steps: readonly Step[]): Promise<void> {
  await using app = await startApp({ clock: "manual", seed: 7 });
  const { platform } = app;
  const firehose = (operation: string, input: object) => platform.invoke("firehose", operation, input);
  for (const Bucket of ["lake", "backup"]) await platform.invoke("s3", "CreateBucket", { Bucket });
  const { FunctionArn } = await platform.invoke("lambda", "CreateFunction", {
    FunctionName: "transform",
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Role: RoleARN,
    Code: { ZipFile: await emptyZip() },
  });
  app.fn("transform").mock((event: TransformEvent) => ({
    records: event.records.map(({ data, recordId }) => {
      const text = Buffer.from(data, "base64").toString();
      return { recordId, result: text.split(" ")[1], data };
    }),
  }));
  await firehose("CreateDeliveryStream", {
    DeliveryStreamName: "d",
    ExtendedS3DestinationConfiguration: {
      RoleARN,
      BucketARN: arn("lake"),
      Prefix: "good/",
      ErrorOutputPrefix: "bad/",
      BufferingHints: hints,
      S3BackupMode: "Enabled",
      S3BackupConfiguration: { RoleARN, BucketARN: arn("backup"), BufferingHints: hints },
      ProcessingConfiguration: {
        Enabled: true,
        Processors: [
          {
            Type: "Lambda",
            Parameters: [
              { ParameterName: "LambdaArn", ParameterValue: FunctionArn },
              { ParameterName: "BufferIntervalInSeconds", ParameterValue: "60" },
            ],
          },
        ],
      },
    },
  });
  await app.settle();
  const put: Record<Fate, string[]> = { Ok: [], Dropped: [], ProcessingFailed: [] };
  let count = 0;
  let version = 1;
  for (const each of steps) {
    if (each.kind === "put") {
      const Records = each.fates.map((of) => {
        count += 1;
        put[of].push(String(count));
        return { Data: Buffer.from(`${count} ${of} ${"x".repeat(each.kibibytes * 1024)}\n`) };
      });
      await firehose("PutRecordBatch", { DeliveryStreamName: "d", Records });
    } else if (each.kind === "wait") await app.clock.advance(`${each.seconds}s`);
    else if (each.kind === "refuse") {
      app.faults.on("s3.PutObject").error("SlowDown", { times: each.times, status: 503 });
    } else if (each.kind === "break") app.faults.on("transform").throttle({ times: each.times });
    else {
      await firehose("UpdateDestination", {
        DeliveryStreamName: "d",
        CurrentDeliveryStreamVersionId: String(version),
        DestinationId: "destinationId-000000000001",
        ExtendedS3DestinationUpdate: { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 30 } },
      });
      version += 1;
    }
    await app.settle();
  }
  await app.clock.advance("30m");
  const objects = await contentsOf(platform, "lake");
  const good = linesOf(objects, "good/");
  const bad = linesOf(objects, "bad/").map((line) => {
    const { rawData } = JSON.parse(line) as { rawData: string };
    return Buffer.from(rawData, "base64").toString();
  });
  // A function that cannot be invoked often enough costs its records: they are below the error prefix too.
  const lost = numbers(bad).filter((number) => !put.ProcessingFailed.includes(number));
  if (!steps.some(({ kind }) => kind === "break")) expect(lost).toEqual([]);
  const delivered = [...put.Ok, ...put.Dropped].filter((number) => !lost.includes(number));
  expect(numbers(good)).toEqual(delivered.filter((number) => put.Ok.includes(number)).toSorted());
  expect(numbers(bad)).toEqual([...put.ProcessingFailed, ...lost].toSorted());
  expect(numbers(linesOf(await contentsOf(platform, "backup"), ""))).toEqual(
    Array.from({ length: count }, (_, at) => String(at + 1)).toSorted(),
  );
}

const numbers = (lines: readonly string[]): string[] =>
  lines.map((line) => line.split(" ")[0] ?? "").toSorted();

async function emptyZip(): Promise<Uint8Array> {
  const { zipSync } = await import("fflate");
  return zipSync({ "index.js": Buffer.from("exports.handler = () => null;") });
}

type Platform = Awaited<ReturnType<typeof startApp>>["platform"];

async function contentsOf(platform: Platform, Bucket: string): Promise<Record<string, string>> {
  const { Contents = [] } = (await platform.invoke("s3", "ListObjectsV2", { Bucket })) as {
    Contents?: { Key: string }[];
  };
  const found: Record<string, string> = {};
  for (const { Key } of Contents) {
    const { pieces } = await platform.run({ name: "s3.Look" }, (call) =>
      call.ports.s3.object(call, { bucket: Bucket, key: Key }),
    );
    found[Key] = Buffer.from((await platform.perform("s3.load", { pieces })) as Uint8Array).toString();
  }
  return found;
}

const linesOf = (objects: Readonly<Record<string, string>>, prefix: string): string[] =>
  Object.entries(objects)
    .filter(([key]) => key.startsWith(prefix))
    .flatMap(([, text]) => text.split("\n").filter((line) => line !== ""));
