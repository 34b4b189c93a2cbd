/** Destinations: from what a request says, defaults filled in and checked, and back to what a description shows. */
import type {
  BufferingHints as SdkHints,
  CreateDeliveryStreamInput,
  DestinationDescription,
  ExtendedS3DestinationConfiguration,
  ExtendedS3DestinationUpdate,
  HttpEndpointDestinationConfiguration,
  HttpEndpointDestinationUpdate,
  ProcessingConfiguration,
  S3DestinationConfiguration,
  S3DestinationDescription,
  S3DestinationUpdate,
} from "@aws-sdk/client-firehose";
import { notImplemented } from "../../kernel/errors.ts";
import { invalidArgument } from "./errors.ts";
import type {
  BufferingHints,
  Destination,
  HttpDestination,
  Processing,
  S3Destination,
  S3Target,
} from "./keys.ts";
import {
  httpRetrySecondsDefault,
  httpRetrySecondsMax,
  intervalSecondsDefault,
  partitionedMebibytesMin,
  sizeMebibytesDefault,
} from "./limits.ts";
import { checkPrefixes } from "./object-key.ts";
import { checkProcessing } from "./process.ts";

type S3Input = S3DestinationConfiguration | S3DestinationUpdate;
type ExtendedInput = ExtendedS3DestinationConfiguration | ExtendedS3DestinationUpdate;

/** Destinations AWS has and Awan has not. */
const missing = [
  "RedshiftDestinationConfiguration",
  "ElasticsearchDestinationConfiguration",
  "AmazonopensearchserviceDestinationConfiguration",
  "AmazonOpenSearchServerlessDestinationConfiguration",
  "SplunkDestinationConfiguration",
  "SnowflakeDestinationConfiguration",
  "IcebergDestinationConfiguration",
] as const;

export function destinationOf(input: CreateDeliveryStreamInput): Destination {
  const asked = missing.find((name) => input[name] !== undefined);
  if (asked !== undefined) throw notImplemented(`firehose:CreateDeliveryStream with ${asked}`);
  const {
    ExtendedS3DestinationConfiguration: extended,
    HttpEndpointDestinationConfiguration: http,
    S3DestinationConfiguration: plain,
  } = input;
  if ([extended, http, plain].filter((each) => each !== undefined).length !== 1) {
    throw invalidArgument("Exactly one destination configuration is supported for a Firehose");
  }
  if (http !== undefined) return httpDestination(http, undefined);
  return s3Destination(extended ?? plain ?? {}, undefined);
}

/** A destination of the same kind with what an update says. */
export function updated(
  before: Destination,
  update: {
    readonly s3: S3DestinationUpdate | ExtendedS3DestinationUpdate | undefined;
    readonly http: HttpEndpointDestinationUpdate | undefined;
  },
): Destination {
  if (before.kind === "s3" && update.s3 !== undefined) return s3Destination(update.s3, before);
  if (before.kind === "http" && update.http !== undefined) return httpDestination(update.http, before);
  throw invalidArgument("The destination of a Firehose cannot be changed to one of another type.");
}

const hints = (given: Partial<SdkHints> | undefined, before: BufferingHints | undefined): BufferingHints => ({
  SizeInMBs: given?.SizeInMBs ?? before?.SizeInMBs ?? sizeMebibytesDefault,
  IntervalInSeconds: given?.IntervalInSeconds ?? before?.IntervalInSeconds ?? intervalSecondsDefault,
});

function targetOf(given: S3Input & ExtendedInput, before: S3Target | undefined): S3Target {
  const CompressionFormat = given.CompressionFormat ?? before?.CompressionFormat ?? "UNCOMPRESSED";
  if (CompressionFormat.toLowerCase().includes("snappy")) {
    throw notImplemented(`firehose: the compression format ${CompressionFormat}`);
  }
  return {
    RoleARN: given.RoleARN ?? before?.RoleARN ?? "",
    BucketARN: given.BucketARN ?? before?.BucketARN ?? "",
    Prefix: given.Prefix ?? before?.Prefix,
    ErrorOutputPrefix: given.ErrorOutputPrefix ?? before?.ErrorOutputPrefix,
    BufferingHints: hints(given.BufferingHints, before?.BufferingHints),
    CompressionFormat,
    EncryptionConfiguration: given.EncryptionConfiguration ??
      before?.EncryptionConfiguration ?? { NoEncryptionConfig: "NoEncryption" },
    CloudWatchLoggingOptions: given.CloudWatchLoggingOptions ??
      before?.CloudWatchLoggingOptions ?? { Enabled: false },
    FileExtension: given.FileExtension ?? before?.FileExtension,
    CustomTimeZone: given.CustomTimeZone ?? before?.CustomTimeZone,
  };
}

function processingOf(
  given: ProcessingConfiguration | undefined,
  before: Processing | undefined,
): Processing {
  if (given === undefined) return before ?? { Enabled: false, Processors: [] };
  const processing: Processing = {
    Enabled: given.Enabled ?? false,
    Processors: (given.Processors ?? []).map(({ Parameters = [], Type = "" }) => ({
      Type,
      Parameters: Parameters.map(({ ParameterName = "", ParameterValue = "" }) => ({
        ParameterName,
        ParameterValue,
      })),
    })),
  };
  checkProcessing(processing);
  return processing;
}

function s3Destination(given: S3Input & ExtendedInput, before: S3Destination | undefined): S3Destination {
  if (given.DataFormatConversionConfiguration?.Enabled === true) {
    throw notImplemented("firehose: conversion of record formats (DataFormatConversionConfiguration)");
  }
  const target = targetOf(given, before?.target);
  const partitioning = given.DynamicPartitioningConfiguration;
  const isPartitioned = partitioning?.Enabled ?? (before !== undefined && before.partitioning !== null);
  if (
    isPartitioned &&
    given.BufferingHints !== undefined &&
    target.BufferingHints.SizeInMBs < partitionedMebibytesMin
  ) {
    throw invalidArgument(
      `BufferingHints.SizeInMBs must be at least ${partitionedMebibytesMin} when Dynamic Partitioning is enabled.`,
    );
  }
  if (before !== undefined && isPartitioned && before.partitioning === null) {
    throw invalidArgument("Dynamic Partitioning cannot be enabled on an existing delivery stream.");
  }
  checkPrefixes(target, isPartitioned);
  const backup = backupOf(given, before);
  if (backup !== null) checkPrefixes(backup, false);
  return {
    kind: "s3",
    target,
    processing: processingOf(given.ProcessingConfiguration, before?.processing),
    backup,
    partitioning: isPartitioned
      ? { retrySeconds: partitioning?.RetryOptions?.DurationInSeconds ?? httpRetrySecondsDefault }
      : null,
    showsConversion:
      given.DataFormatConversionConfiguration !== undefined || before?.showsConversion === true,
  };
}

function backupOf(given: ExtendedInput, before: S3Destination | undefined): S3Target | null {
  if (given.S3BackupMode === "Disabled") return null;
  const input = "S3BackupUpdate" in given ? given.S3BackupUpdate : undefined;
  const configuration = "S3BackupConfiguration" in given ? given.S3BackupConfiguration : undefined;
  if (given.S3BackupMode !== "Enabled" && before?.backup == null) return null;
  if (configuration === undefined && input === undefined && before?.backup == null) {
    throw invalidArgument("S3BackupConfiguration must be provided when S3BackupMode is Enabled.");
  }
  return targetOf(configuration ?? input ?? {}, before?.backup ?? undefined);
}

function httpDestination(
  given: HttpEndpointDestinationConfiguration | HttpEndpointDestinationUpdate,
  before: HttpDestination | undefined,
): HttpDestination {
  const { EndpointConfiguration: endpoint = before?.endpoint, RequestConfiguration: request } = given;
  if (endpoint?.Url === undefined) throw invalidArgument("The URL of the HTTP endpoint must be provided.");
  const retrySeconds =
    given.RetryOptions?.DurationInSeconds ?? before?.retrySeconds ?? httpRetrySecondsDefault;
  if (retrySeconds > httpRetrySecondsMax) {
    throw invalidArgument(`RetryOptions.DurationInSeconds must be at most ${httpRetrySecondsMax}.`);
  }
  const s3 = "S3Configuration" in given ? given.S3Configuration : given.S3Update;
  const target = targetOf(s3 ?? {}, before?.target);
  checkPrefixes(target, false);
  return {
    kind: "http",
    endpoint: {
      Url: endpoint.Url,
      Name: endpoint.Name,
      // An update that leaves the key out keeps it.
      AccessKey: endpoint.AccessKey ?? before?.endpoint.AccessKey,
    },
    hints: hints(given.BufferingHints, before?.hints),
    gzip: request === undefined ? (before?.gzip ?? false) : request.ContentEncoding === "GZIP",
    attributes:
      request === undefined
        ? (before?.attributes ?? [])
        : (request.CommonAttributes ?? []).map(({ AttributeName = "", AttributeValue = "" }) => ({
            AttributeName,
            AttributeValue,
          })),
    processing: processingOf(given.ProcessingConfiguration, before?.processing),
    roleArn: given.RoleARN ?? before?.roleArn ?? null,
    retrySeconds,
    backupMode: given.S3BackupMode ?? before?.backupMode ?? "FailedDataOnly",
    target,
    logging: given.CloudWatchLoggingOptions ?? before?.logging ?? { Enabled: false },
  };
}

function describeTarget(target: S3Target): S3DestinationDescription {
  const { CustomTimeZone: _zone, FileExtension: _extension, ...plain } = target;
  return dropped(plain) as S3DestinationDescription;
}

/** Without members that have no value. */
const dropped = <Fields extends object>(fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;

export function describeDestination(destination: Destination): DestinationDescription {
  const { processing } = destination;
  const ProcessingConfiguration = {
    Enabled: processing.Enabled,
    Processors: processing.Processors.map(({ Parameters, Type }) => ({
      Type: Type as "Lambda",
      Parameters: Parameters.map(({ ParameterName, ParameterValue }) => ({
        ParameterName: ParameterName as "LambdaArn",
        ParameterValue,
      })),
    })),
  };
  if (destination.kind === "http") {
    const { Name, Url } = destination.endpoint;
    return {
      DestinationId: destinationId,
      HttpEndpointDestinationDescription: {
        EndpointConfiguration: dropped({ Url, Name }),
        BufferingHints: { ...destination.hints },
        CloudWatchLoggingOptions: { ...destination.logging },
        RequestConfiguration: {
          ContentEncoding: destination.gzip ? "GZIP" : "NONE",
          CommonAttributes: destination.attributes.map((attribute) => ({ ...attribute })),
        },
        ProcessingConfiguration,
        ...(destination.roleArn === null ? {} : { RoleARN: destination.roleArn }),
        RetryOptions: { DurationInSeconds: destination.retrySeconds },
        S3BackupMode: destination.backupMode,
        S3DestinationDescription: describeTarget(destination.target),
      },
    };
  }
  const { backup, partitioning, target } = destination;
  const plain = describeTarget(target);
  return {
    DestinationId: destinationId,
    S3DestinationDescription: plain,
    ExtendedS3DestinationDescription: dropped({
      ...plain,
      FileExtension: target.FileExtension,
      CustomTimeZone: target.CustomTimeZone,
      ProcessingConfiguration,
      S3BackupMode: backup === null ? ("Disabled" as const) : ("Enabled" as const),
      S3BackupDescription: backup === null ? undefined : describeTarget(backup),
      DataFormatConversionConfiguration: destination.showsConversion ? { Enabled: false } : undefined,
      DynamicPartitioningConfiguration:
        partitioning === null
          ? undefined
          : { Enabled: true, RetryOptions: { DurationInSeconds: partitioning.retrySeconds } },
    }),
  };
}

/** A delivery stream has one destination. */
export const destinationId = "destinationId-000000000001";
