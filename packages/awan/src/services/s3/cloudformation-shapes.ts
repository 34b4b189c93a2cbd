/** CloudFormation's spelling of bucket configurations, turned into the API's. */
type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};
const listOf = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.map((each) => fieldsOf(each)) : value === undefined ? [] : [fieldsOf(value)];
const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** The named members that are there. */
function pick(source: Fields, names: Readonly<Record<string, string>>): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const [from, to] of Object.entries(names)) if (source[from] !== undefined) picked[to] = source[from];
  return picked;
}

const numberOf = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));
const dateOf = (value: unknown): Date | undefined =>
  value === undefined ? undefined : new Date(value as string);

function defined(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Templates may write booleans as text. */
export const isTrue = (value: unknown): boolean => value === true || value === "true";

export const corsOf = (value: unknown): object => ({
  CORSRules: listOf(fieldsOf(value)["CorsRules"]).map((rule) =>
    defined({
      ID: rule["Id"],
      AllowedHeaders: rule["AllowedHeaders"],
      AllowedMethods: rule["AllowedMethods"],
      AllowedOrigins: rule["AllowedOrigins"],
      ExposeHeaders: rule["ExposedHeaders"],
      MaxAgeSeconds: numberOf(rule["MaxAge"]),
    }),
  ),
});

export const encryptionOf = (value: unknown): object => ({
  Rules: listOf(fieldsOf(value)["ServerSideEncryptionConfiguration"]).map((rule) =>
    defined({
      ApplyServerSideEncryptionByDefault: rule["ServerSideEncryptionByDefault"],
      BucketKeyEnabled: rule["BucketKeyEnabled"] === undefined ? undefined : isTrue(rule["BucketKeyEnabled"]),
    }),
  ),
});

const notificationFilter = (filter: unknown): object | undefined => {
  if (filter === undefined) return undefined;
  const rules = listOf(fieldsOf(fieldsOf(filter)["S3Key"])["Rules"]);
  return {
    Key: {
      FilterRules: rules.map((rule) => ({ Name: String(rule["Name"]).toLowerCase(), Value: rule["Value"] })),
    },
  };
};

const destinations = (list: unknown, from: string, to: string): object[] =>
  listOf(list).map((each) =>
    defined({ [to]: each[from], Events: [each["Event"]], Filter: notificationFilter(each["Filter"]) }),
  );

export function notificationOf(value: unknown): object {
  const config = fieldsOf(value);
  const bridge = fieldsOf(config["EventBridgeConfiguration"]);
  const bridged =
    config["EventBridgeConfiguration"] !== undefined &&
    (bridge["EventBridgeEnabled"] === undefined || isTrue(bridge["EventBridgeEnabled"]));
  return {
    LambdaFunctionConfigurations: destinations(
      config["LambdaConfigurations"],
      "Function",
      "LambdaFunctionArn",
    ),
    QueueConfigurations: destinations(config["QueueConfigurations"], "Queue", "QueueArn"),
    TopicConfigurations: destinations(config["TopicConfigurations"], "Topic", "TopicArn"),
    ...(bridged ? { EventBridgeConfiguration: {} } : {}),
  };
}

export function websiteOf(value: unknown): object {
  const config = fieldsOf(value);
  const rules = config["RoutingRules"] === undefined ? undefined : listOf(config["RoutingRules"]);
  return defined({
    IndexDocument: config["IndexDocument"] === undefined ? undefined : { Suffix: config["IndexDocument"] },
    ErrorDocument: config["ErrorDocument"] === undefined ? undefined : { Key: config["ErrorDocument"] },
    RedirectAllRequestsTo: config["RedirectAllRequestsTo"],
    RoutingRules: rules?.map((rule) => {
      const redirect = fieldsOf(rule["RedirectRule"]);
      return defined({
        Condition: rule["RoutingRuleCondition"],
        Redirect: defined({
          ...redirect,
          HttpRedirectCode:
            redirect["HttpRedirectCode"] === undefined
              ? undefined
              : `${redirect["HttpRedirectCode"] as string | number}`,
        }),
      });
    }),
  });
}

function lifecycleFilter(rule: Fields): object {
  const tags = listOf(rule["TagFilters"]);
  const conditions = {
    ...pick(rule, { Prefix: "Prefix" }),
    ...defined({
      ObjectSizeGreaterThan: numberOf(rule["ObjectSizeGreaterThan"]),
      ObjectSizeLessThan: numberOf(rule["ObjectSizeLessThan"]),
    }),
  };
  const count = Object.keys(conditions).length + tags.length;
  if (count > 1) return { And: { ...conditions, ...(tags.length === 0 ? {} : { Tags: tags }) } };
  if (tags.length === 1) return { Tag: tags[0] };
  return count === 0 ? { Prefix: "" } : conditions;
}

function lifecycleRule(rule: Fields): object {
  const transitions = [...listOf(rule["Transitions"]), ...listOf(rule["Transition"])];
  const noncurrent = [
    ...listOf(rule["NoncurrentVersionTransitions"]),
    ...listOf(rule["NoncurrentVersionTransition"]),
  ];
  const expiration = defined({
    Days: numberOf(rule["ExpirationInDays"]),
    Date: dateOf(rule["ExpirationDate"]),
    ExpiredObjectDeleteMarker:
      rule["ExpiredObjectDeleteMarker"] === undefined ? undefined : isTrue(rule["ExpiredObjectDeleteMarker"]),
  });
  const versions = fieldsOf(rule["NoncurrentVersionExpiration"]);
  const versionDays = versions["NoncurrentDays"] ?? rule["NoncurrentVersionExpirationInDays"];
  const abort = fieldsOf(rule["AbortIncompleteMultipartUpload"]);
  return defined({
    ID: rule["Id"],
    Status: rule["Status"],
    Filter: lifecycleFilter(rule),
    Expiration: Object.keys(expiration).length === 0 ? undefined : expiration,
    Transitions:
      transitions.length === 0
        ? undefined
        : transitions.map((each) =>
            defined({
              StorageClass: each["StorageClass"],
              Days: numberOf(each["TransitionInDays"]),
              Date: dateOf(each["TransitionDate"]),
            }),
          ),
    NoncurrentVersionTransitions:
      noncurrent.length === 0
        ? undefined
        : noncurrent.map((each) =>
            defined({
              StorageClass: each["StorageClass"],
              NoncurrentDays: numberOf(each["TransitionInDays"]),
              NewerNoncurrentVersions: numberOf(each["NewerNoncurrentVersions"]),
            }),
          ),
    NoncurrentVersionExpiration:
      versionDays === undefined
        ? undefined
        : defined({
            NoncurrentDays: numberOf(versionDays),
            NewerNoncurrentVersions: numberOf(versions["NewerNoncurrentVersions"]),
          }),
    AbortIncompleteMultipartUpload:
      abort["DaysAfterInitiation"] === undefined
        ? undefined
        : { DaysAfterInitiation: Number(abort["DaysAfterInitiation"]) },
  });
}

export const lifecycleOf = (value: unknown): object => ({
  Rules: listOf(fieldsOf(value)["Rules"]).map((rule) => lifecycleRule(rule)),
});

export function replicationOf(value: unknown): object {
  const config = fieldsOf(value);
  return {
    Role: config["Role"],
    Rules: listOf(config["Rules"]).map(({ Id: id, Filter: filter, ...rule }) => {
      const given = fieldsOf(filter);
      const and = given["And"] === undefined ? undefined : fieldsOf(given["And"]);
      return defined({
        ...rule,
        ID: id,
        Priority: numberOf(rule["Priority"]),
        Filter:
          filter === undefined
            ? undefined
            : defined({
                Prefix: given["Prefix"],
                Tag: given["TagFilter"],
                And:
                  and === undefined ? undefined : defined({ Prefix: and["Prefix"], Tags: and["TagFilters"] }),
              }),
      });
    }),
  };
}

export const loggingOf = (value: unknown, ownName: string): object => {
  const config = fieldsOf(value);
  return {
    LoggingEnabled: {
      TargetBucket: config["DestinationBucketName"] ?? ownName,
      TargetPrefix: config["LogFilePrefix"] ?? "",
    },
  };
};

export const lockOf = (value: unknown): object => {
  const retention = fieldsOf(fieldsOf(fieldsOf(value)["Rule"])["DefaultRetention"]);
  const hasRule = retention["Mode"] !== undefined;
  return {
    ObjectLockEnabled: "Enabled",
    ...(hasRule
      ? {
          Rule: {
            DefaultRetention: defined({
              Mode: retention["Mode"],
              Days: numberOf(retention["Days"]),
              Years: numberOf(retention["Years"]),
            }),
          },
        }
      : {}),
  };
};

export const publicAccessOf = (value: unknown): object => {
  const config = fieldsOf(value);
  return Object.fromEntries(
    ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"].map((name) => [
      name,
      isTrue(config[name]),
    ]),
  );
};

export const inventoryOf = (each: Fields): object => {
  const destination = fieldsOf(each["Destination"]);
  return defined({
    Id: each["Id"],
    IsEnabled: isTrue(each["Enabled"]),
    IncludedObjectVersions: each["IncludedObjectVersions"],
    Schedule: { Frequency: each["ScheduleFrequency"] },
    OptionalFields: each["OptionalFields"] === undefined ? undefined : textsOf(each["OptionalFields"]),
    Filter: each["Prefix"] === undefined ? undefined : { Prefix: each["Prefix"] },
    Destination: {
      S3BucketDestination: defined({
        Bucket: destination["BucketArn"],
        Format: destination["Format"],
        Prefix: destination["Prefix"],
        AccountId: destination["BucketAccountId"],
      }),
    },
  });
};

/** Configurations with a prefix and tags as their filter: metrics, analytics, tiering. */
export const filteredOf = (each: Fields): object => {
  const { TagFilters: tags, Prefix: prefix, ...rest } = each;
  const list = listOf(tags);
  const filter =
    list.length + (prefix === undefined ? 0 : 1) > 1
      ? { And: defined({ Prefix: prefix, Tags: list }) }
      : list.length === 1
        ? { Tag: list[0] }
        : prefix === undefined
          ? undefined
          : { Prefix: prefix };
  return defined({ ...rest, Filter: filter });
};

/** `PublicRead` → `public-read`. */
export const cannedOf = (value: unknown): string =>
  String(value)
    .replaceAll(/([a-z])([A-Z])/g, "$1-$2")
    .toLowerCase();

export { fieldsOf, listOf };
