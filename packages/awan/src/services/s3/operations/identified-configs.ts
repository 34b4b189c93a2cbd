/** Configurations kept by id: analytics, intelligent tiering, inventory and metrics. All are stored and told; inventories are made. */
import type { Call } from "../../../host/call.ts";
import { authorize } from "../access/authorize.ts";
import { type Bucket, deleteConfig, listConfigs, openBucket, readConfig, writeConfig } from "../bucket.ts";
import { malformedXml, s3Error } from "../errors.ts";
import {
  checkInventory,
  type InventoryConfig,
  scheduleInventory,
  unscheduleInventory,
} from "../inventory.ts";
import type { Input, Output } from "../types.ts";

type Kind = "analytics" | "intelligentTiering" | "inventory" | "metrics";

const actions: Readonly<Record<Kind, string>> = {
  analytics: "AnalyticsConfiguration",
  intelligentTiering: "IntelligentTieringConfiguration",
  inventory: "InventoryConfiguration",
  metrics: "MetricsConfiguration",
};
const pageSize = 100;

interface Named {
  readonly Bucket: string;
  readonly ExpectedBucketOwner?: string | undefined;
}

function admit(call: Call, input: Named, kind: Kind, verb: "Get" | "Put"): Bucket {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: `s3:${verb}${actions[kind]}` });
  return bucket;
}

function read(call: Call, input: Named & { readonly Id: string }, kind: Kind): object {
  const config = readConfig(admit(call, input, kind, "Get"), kind, input.Id);
  if (config === undefined) throw missing();
  return config;
}

const missing = (): Error =>
  s3Error("NoSuchConfiguration", 404, "The specified configuration does not exist.");

function write(
  call: Call,
  input: Named & { readonly Id: string },
  kind: Kind,
  config: { readonly Id?: string | undefined } | undefined,
): Bucket {
  const bucket = admit(call, input, kind, "Put");
  if (config?.Id === undefined || config.Id !== input.Id) throw malformedXml();
  writeConfig(bucket, kind, config, input.Id);
  return bucket;
}

function remove(call: Call, input: Named & { readonly Id: string }, kind: Kind): Bucket {
  const bucket = admit(call, input, kind, "Put");
  if (!deleteConfig(bucket, kind, input.Id)) throw missing();
  return bucket;
}

interface Listed {
  readonly IsTruncated: boolean;
  readonly ContinuationToken?: string;
  readonly NextContinuationToken?: string;
  readonly configs: readonly never[];
}

function list(
  call: Call,
  input: Named & { readonly ContinuationToken?: string | undefined },
  kind: Kind,
): Listed {
  const bucket = admit(call, input, kind, "Get");
  const after =
    input.ContinuationToken === undefined
      ? 0
      : Number(Buffer.from(input.ContinuationToken, "base64").toString());
  const all = [...listConfigs(bucket, kind)];
  const page = all.slice(after, after + pageSize);
  const truncated = after + pageSize < all.length;
  return {
    IsTruncated: truncated,
    ...(input.ContinuationToken === undefined ? {} : { ContinuationToken: input.ContinuationToken }),
    ...(truncated ? { NextContinuationToken: Buffer.from(String(after + pageSize)).toString("base64") } : {}),
    configs: page as never[],
  };
}

const told = (listed: Listed, name: string) => {
  const { configs, ...rest } = listed;
  return { ...rest, ...(configs.length === 0 ? {} : { [name]: configs }) };
};

export const identifiedConfigs = {
  GetBucketAnalyticsConfiguration: (
    call: Call,
    input: Input<"GetBucketAnalyticsConfiguration">,
  ): Output<"GetBucketAnalyticsConfiguration"> => ({
    AnalyticsConfiguration: read(call, input, "analytics") as never,
  }),
  PutBucketAnalyticsConfiguration: (call: Call, input: Input<"PutBucketAnalyticsConfiguration">): void =>
    void write(call, input, "analytics", input.AnalyticsConfiguration),
  DeleteBucketAnalyticsConfiguration: (
    call: Call,
    input: Input<"DeleteBucketAnalyticsConfiguration">,
  ): void => void remove(call, input, "analytics"),
  ListBucketAnalyticsConfigurations: (
    call: Call,
    input: Input<"ListBucketAnalyticsConfigurations">,
  ): Output<"ListBucketAnalyticsConfigurations"> =>
    told(list(call, input, "analytics"), "AnalyticsConfigurationList"),

  GetBucketIntelligentTieringConfiguration: (
    call: Call,
    input: Input<"GetBucketIntelligentTieringConfiguration">,
  ): Output<"GetBucketIntelligentTieringConfiguration"> => ({
    IntelligentTieringConfiguration: read(call, input, "intelligentTiering") as never,
  }),
  PutBucketIntelligentTieringConfiguration: (
    call: Call,
    input: Input<"PutBucketIntelligentTieringConfiguration">,
  ): void => void write(call, input, "intelligentTiering", input.IntelligentTieringConfiguration),
  DeleteBucketIntelligentTieringConfiguration: (
    call: Call,
    input: Input<"DeleteBucketIntelligentTieringConfiguration">,
  ): void => void remove(call, input, "intelligentTiering"),
  ListBucketIntelligentTieringConfigurations: (
    call: Call,
    input: Input<"ListBucketIntelligentTieringConfigurations">,
  ): Output<"ListBucketIntelligentTieringConfigurations"> =>
    told(list(call, input, "intelligentTiering"), "IntelligentTieringConfigurationList"),

  GetBucketInventoryConfiguration: (
    call: Call,
    input: Input<"GetBucketInventoryConfiguration">,
  ): Output<"GetBucketInventoryConfiguration"> => ({
    InventoryConfiguration: read(call, input, "inventory") as never,
  }),
  PutBucketInventoryConfiguration: (call: Call, input: Input<"PutBucketInventoryConfiguration">): void => {
    const config = input.InventoryConfiguration as InventoryConfig | undefined;
    if (config?.Id !== undefined && config.Id !== input.Id)
      throw s3Error("IdMismatch", 400, "Document ID does not match the specified configuration ID.");
    if (config !== undefined) checkInventory(config);
    const bucket = write(call, input, "inventory", config);
    scheduleInventory(bucket, input.Id);
  },
  DeleteBucketInventoryConfiguration: (
    call: Call,
    input: Input<"DeleteBucketInventoryConfiguration">,
  ): void => unscheduleInventory(remove(call, input, "inventory"), input.Id),
  ListBucketInventoryConfigurations: (
    call: Call,
    input: Input<"ListBucketInventoryConfigurations">,
  ): Output<"ListBucketInventoryConfigurations"> =>
    told(list(call, input, "inventory"), "InventoryConfigurationList"),

  GetBucketMetricsConfiguration: (
    call: Call,
    input: Input<"GetBucketMetricsConfiguration">,
  ): Output<"GetBucketMetricsConfiguration"> => ({
    MetricsConfiguration: read(call, input, "metrics") as never,
  }),
  PutBucketMetricsConfiguration: (call: Call, input: Input<"PutBucketMetricsConfiguration">): void =>
    void write(call, input, "metrics", input.MetricsConfiguration),
  DeleteBucketMetricsConfiguration: (call: Call, input: Input<"DeleteBucketMetricsConfiguration">): void =>
    void remove(call, input, "metrics"),
  ListBucketMetricsConfigurations: (
    call: Call,
    input: Input<"ListBucketMetricsConfigurations">,
  ): Output<"ListBucketMetricsConfigurations"> =>
    told(list(call, input, "metrics"), "MetricsConfigurationList"),
};
