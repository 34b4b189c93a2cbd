/** CDK's helper custom resources, as its constructs write them into templates: done without their functions. */
import { zipSync } from "fflate";
import { type App, startApp } from "awan/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

const helpers = {
  autoDelete: "CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F",
  notifications: "BucketNotificationsHandler050a0587b7544547bf325f094a3db8347ECC3691",
  deployment: "CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C81C01536",
  sdkCall: "AWS679f53fac002430cb0da5b7982bd22872D164C4C",
  logRetention: "LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8aFD4BFC8A",
};

/** A function whose code nobody runs: it would fail. */
const unused = {
  Type: "AWS::Lambda::Function",
  Properties: {
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Role: "arn:aws:iam::000000000000:role/any",
    Code: { ZipFile: "exports.handler = async () => { throw new Error('it ran'); };" },
  },
};

const custom = (helper: string, type: string, properties: object) => ({
  Type: `Custom::${type}`,
  Properties: { ServiceToken: { "Fn::GetAtt": [helper, "Arn"] }, ...properties },
});

const archive = (files: Record<string, string>) =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text, "utf8")])));

let base: App;
beforeAll(async () => {
  base = await startApp();
  await base.platform.invoke("s3", "CreateBucket", { Bucket: "assets" });
  const put = (Key: string, files: Record<string, string>) =>
    base.platform.invoke("s3", "PutObject", { Bucket: "assets", Key, Body: archive(files) });
  await put("one.zip", { "index.html": "<<mark>>", "css/style.css": "a{}", "secret.txt": "x" });
  await put("two.zip", { "index.html": "second" });
});
afterAll(() => base.close());

async function deploy(app: App, resources: Record<string, object>, outputs: object = {}): Promise<void> {
  const Resources = {
    ...Object.fromEntries(Object.values(helpers).map((id) => [id, unused])),
    ...resources,
  };
  const input = { StackName: "app", TemplateBody: JSON.stringify({ Resources, Outputs: outputs }) };
  const { Stacks: before } = await app.platform.invoke("cloudformation", "DescribeStacks", {});
  const isNew = (before as object[]).length === 0;
  await app.platform.invoke("cloudformation", isNew ? "CreateStack" : "UpdateStack", input);
  await app.settle();
  const { Stacks } = await app.platform.invoke("cloudformation", "DescribeStacks", { StackName: "app" });
  const [stack] = Stacks as { StackStatus: string; StackStatusReason?: string }[];
  expect(stack?.StackStatus, stack?.StackStatusReason).toBe(isNew ? "CREATE_COMPLETE" : "UPDATE_COMPLETE");
}

async function remove(app: App): Promise<void> {
  await app.platform.invoke("cloudformation", "DeleteStack", { StackName: "app" });
  await app.settle();
  expect(await app.platform.invoke("cloudformation", "DescribeStacks", {})).toEqual({ Stacks: [] });
}

const outputsOf = async (app: App) => {
  const { Stacks } = await app.platform.invoke("cloudformation", "DescribeStacks", { StackName: "app" });
  const [stack] = Stacks as { Outputs: { OutputKey: string; OutputValue: string }[] }[];
  return Object.fromEntries((stack?.Outputs ?? []).map((each) => [each.OutputKey, each.OutputValue]));
};

const bucket = (tags: object[] = []) => ({
  Type: "AWS::S3::Bucket",
  Properties: { BucketName: "site", Tags: tags, VersioningConfiguration: { Status: "Enabled" } },
});

test("a bucket marked for it is emptied, versions and all, before it is deleted", async () => {
  await using app = await base.fork();
  await deploy(app, {
    Bucket: bucket([{ Key: "aws-cdk:auto-delete-objects", Value: "true" }]),
    Empty: custom(helpers.autoDelete, "S3AutoDeleteObjects", { BucketName: { Ref: "Bucket" } }),
  });
  for (const Body of ["one", "two"])
    await app.platform.invoke("s3", "PutObject", { Bucket: "site", Key: "a", Body: Buffer.from(Body) });
  await app.platform.invoke("s3", "DeleteObject", { Bucket: "site", Key: "a" });
  await remove(app);
  await expect(app.platform.invoke("s3", "HeadBucket", { Bucket: "site" })).rejects.toThrow();
});

const queue = (QueueName: string) => ({ Type: "AWS::SQS::Queue", Properties: { QueueName } });

const wanted = (name: string, prefix: string) => ({
  QueueConfigurations: [
    {
      Events: ["s3:ObjectCreated:*"],
      QueueArn: { "Fn::GetAtt": [name, "Arn"] },
      Filter: { Key: { FilterRules: [{ Name: "prefix", Value: prefix }] } },
    },
  ],
});

test("notifications are set whole, or beside what others set", async () => {
  await using app = await base.fork();
  const policy = {
    Type: "AWS::SQS::QueuePolicy",
    Properties: {
      Queues: [{ Ref: "Mine" }, { Ref: "Theirs" }],
      PolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sqs:*", Resource: "*" },
        ],
      },
    },
  };
  const resources = (prefix: string) => ({
    Bucket: bucket(),
    Mine: queue("mine"),
    Theirs: queue("theirs"),
    Policy: policy,
    Notifications: {
      ...custom(helpers.notifications, "S3BucketNotifications", {
        BucketName: { Ref: "Bucket" },
        NotificationConfiguration: wanted("Mine", prefix),
        Managed: false,
      }),
      DependsOn: ["Policy"],
    },
  });
  await deploy(app, resources("a/"));
  const configuration = async () =>
    (await app.platform.invoke("s3", "GetBucketNotificationConfiguration", { Bucket: "site" }))[
      "QueueConfigurations"
    ] as { Id: string; QueueArn: string; Filter: { Key: { FilterRules: { Value: string }[] } } }[];
  const [own] = await configuration();
  const foreign = {
    Id: "foreign",
    QueueArn: "arn:aws:sqs:us-east-1:000000000000:theirs",
    Events: ["s3:ObjectRemoved:*"],
  };
  await app.platform.invoke("s3", "PutBucketNotificationConfiguration", {
    Bucket: "site",
    NotificationConfiguration: { QueueConfigurations: [own, foreign] },
  });
  await deploy(app, resources("b/"));
  const after = await configuration();
  expect(after.map(({ QueueArn }) => QueueArn.split(":").at(-1))).toEqual(["theirs", "mine"]);
  expect(after[1]?.Filter.Key.FilterRules).toMatchObject([{ Value: "b/" }]);
});

const names = async (app: App) => {
  const { Contents = [] } = await app.platform.invoke("s3", "ListObjectsV2", { Bucket: "site" });
  return (Contents as { Key: string }[]).map(({ Key }) => Key);
};
const files = (properties: object) => ({
  Bucket: { Type: "AWS::S3::Bucket", Properties: { BucketName: "site" } },
  Mark: { Type: "AWS::SSM::Parameter", Properties: { Type: "String", Value: 'say "hi"' } },
  Files: custom(helpers.deployment, "CDKBucketDeployment", {
    SourceBucketNames: ["assets"],
    SourceObjectKeys: ["one.zip"],
    DestinationBucketName: { Ref: "Bucket" },
    DestinationBucketKeyPrefix: "www",
    ...properties,
  }),
});

test("a deployment to a bucket unpacks, fills in values, leaves out, describes, prunes, and cleans up when told to", async () => {
  await using app = await base.fork();
  await deploy(
    app,
    files({
      SourceMarkers: [{ "<<mark>>": { "Fn::GetAtt": ["Mark", "Value"] } }],
      SourceMarkersConfig: [{ jsonEscape: true }],
      Exclude: ["*.txt"],
      SystemMetadata: { "cache-control": "max-age=60" },
      UserMetadata: { owner: "me" },
    }),
  );
  expect(await names(app)).toEqual(["www/css/style.css", "www/index.html"]);
  const head = await app.platform.invoke("s3", "HeadObject", { Bucket: "site", Key: "www/index.html" });
  expect(head).toMatchObject({
    ContentType: "text/html",
    CacheControl: "max-age=60",
    Metadata: { owner: "me" },
    // The value, escaped for JSON: say \"hi\"
    ContentLength: 10,
  });
  await app.platform.invoke("s3", "PutObject", {
    Bucket: "site",
    Key: "elsewhere",
    Body: Buffer.from("x"),
  });
  await deploy(app, files({ SourceObjectKeys: ["two.zip"], RetainOnDelete: false }));
  expect(await names(app)).toEqual(["elsewhere", "www/index.html"]);
  await app.platform.invoke("s3", "DeleteObject", { Bucket: "site", Key: "elsewhere" });
  await remove(app);
});
test("an SDK call at creation, update and deletion; its answer's members are attributes", async () => {
  await using app = await base.fork();
  const call = (Value: string) =>
    custom(helpers.sdkCall, "AWS", {
      Create: JSON.stringify({
        service: "@aws-sdk/client-ssm",
        action: "PutParameterCommand",
        parameters: { Name: "/sdk/called", Type: "String", Value },
        physicalResourceId: { id: "/sdk/called" },
      }),
      Update: {
        service: "SSM",
        action: "putParameter",
        parameters: { Name: "PHYSICAL:RESOURCEID:", Value, Overwrite: "TRUE:BOOLEAN" },
        outputPaths: ["Version"],
      },
      Delete: {
        service: "ssm",
        action: "deleteParameter",
        parameters: { Name: "/nothing" },
        ignoreErrorCodesMatching: "ParameterNotFound",
      },
    });
  const read = custom(helpers.sdkCall, "AWS", {
    Create: {
      service: "SSM",
      action: "getParametersByPath",
      parameters: { Path: "/", Recursive: "TRUE:BOOLEAN", MaxResults: "5" },
      physicalResourceId: { responsePath: "Parameters.0.Name" },
    },
  });
  const resources = (value: string) => ({ Call: call(value), Read: { ...read, DependsOn: ["Call"] } });
  const outputs = {
    Version: { Value: { "Fn::GetAtt": ["Call", "Version"] } },
    Name: { Value: { Ref: "Read" } },
    Value: { Value: { "Fn::GetAtt": ["Read", "Parameters.0.Value"] } },
  };
  await deploy(app, resources("first"), outputs);
  expect(await outputsOf(app)).toEqual({ Version: "1", Name: "/sdk/called", Value: "first" });
  await deploy(app, resources("second"), outputs);
  expect(await outputsOf(app)).toMatchObject({ Version: "2" });
  await remove(app);
});

const retention = (days: number) => ({
  Logs: custom(helpers.logRetention, "LogRetention", {
    LogGroupName: "/aws/lambda/x",
    RetentionInDays: days,
    RemovalPolicy: "destroy",
  }),
});

test("a log group's retention is set, and the group made for it", async () => {
  await using app = await base.fork();
  const days = async () => {
    const { logGroups } = await app.platform.invoke("logs", "DescribeLogGroups", {});
    return (logGroups as { retentionInDays?: number }[]).map(({ retentionInDays }) => retentionInDays);
  };
  await deploy(app, retention(7));
  expect(await days()).toEqual([7]);
  await deploy(app, retention(30));
  expect(await days()).toEqual([30]);
  await remove(app);
  expect(await days()).toEqual([]);
});

test("a function of another name is run, whatever its resource's type is called", async () => {
  await using app = await base.fork();
  await expect(
    deploy(app, { Mine: unused, Bucket: custom("Mine", "S3AutoDeleteObjects", { BucketName: "x" }) }),
  ).rejects.toThrow();
  expect(app.fn(String((await stackFunctions(app))["Mine"])).calls()).toMatchObject([{ error: "Error" }]);
});

async function stackFunctions(app: App): Promise<Record<string, string>> {
  const { StackEvents } = await app.platform.invoke("cloudformation", "DescribeStackEvents", {
    StackName: "app",
  });
  const events = StackEvents as { LogicalResourceId: string; PhysicalResourceId: string }[];
  return Object.fromEntries(
    events
      .filter((each) => each.PhysicalResourceId !== "")
      .map((each) => [each.LogicalResourceId, each.PhysicalResourceId]),
  );
}
