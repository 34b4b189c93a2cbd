/** ACM as records: a certificate that is asked for is issued at once, because there is nobody to validate it. */
import { formatArn } from "../../kernel/arn.ts";
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import type { Service } from "../../host/service.ts";
import type { Input, Operations, Output } from "../../model/operations.ts";
import { type CertificateRow, certificates } from "./keys.ts";

type Client = typeof import("@aws-sdk/client-acm");
type In<Name extends string> = Input<Client, Name>;
type Out<Name extends string> = Output<Client, Name>;

/** Thirteen months, as public certificates last. */
const validityMs = 395 * 24 * 3_600_000;

function need(call: Call, arn: string | undefined): CertificateRow {
  const row = arn === undefined ? undefined : certificates.get(call.tx, [arn]);
  if (row !== undefined) return row;
  throw new AwsError("ResourceNotFoundException", `Could not find certificate ${arn}.`);
}

const tagsOf = (
  list: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
) => Object.fromEntries((list ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));

function requestCertificate(call: Call, input: In<"RequestCertificate">): Out<"RequestCertificate"> {
  const domainName = input.DomainName ?? "";
  const token = input.IdempotencyToken ?? null;
  if (token !== null) {
    for (const { value } of certificates.scan(call.tx, [])) {
      if (value.idempotencyToken === token && value.domainName === domainName)
        return { CertificateArn: value.arn };
    }
  }
  const arn = formatArn({
    partition: call.partition,
    service: "acm",
    region: call.region,
    accountId: call.accountId,
    resource: `certificate/${call.random.uuid()}`,
  });
  const row: CertificateRow = {
    arn,
    domainName,
    alternativeNames: [...new Set([domainName, ...(input.SubjectAlternativeNames ?? [])])],
    validationMethod: input.ValidationMethod === "EMAIL" ? "EMAIL" : "DNS",
    createdAtMs: call.nowMs,
    serial: (call.random.hex(32).match(/../g) ?? []).join(":"),
    keyAlgorithm: input.KeyAlgorithm ?? "RSA_2048",
    transparencyLogging: input.Options?.CertificateTransparencyLoggingPreference ?? "ENABLED",
    idempotencyToken: token,
    tags: tagsOf(input.Tags),
  };
  certificates.set(call.tx, [arn], row);
  return { CertificateArn: arn };
}

function describeCertificate(call: Call, input: In<"DescribeCertificate">): Out<"DescribeCertificate"> {
  const row = need(call, input.CertificateArn);
  const createdAt = new Date(row.createdAtMs);
  return {
    Certificate: {
      CertificateArn: row.arn,
      DomainName: row.domainName,
      SubjectAlternativeNames: [...row.alternativeNames],
      DomainValidationOptions: row.alternativeNames.map((DomainName) => ({
        DomainName,
        ValidationDomain: DomainName,
        ValidationStatus: "SUCCESS" as const,
        ValidationMethod: row.validationMethod,
        ...(row.validationMethod === "DNS" ? { ResourceRecord: validationRecord(row, DomainName) } : {}),
      })),
      Serial: row.serial,
      Subject: `CN=${row.domainName}`,
      Issuer: "Amazon",
      CreatedAt: createdAt,
      IssuedAt: createdAt,
      Status: "ISSUED",
      NotBefore: createdAt,
      NotAfter: new Date(row.createdAtMs + validityMs),
      KeyAlgorithm: row.keyAlgorithm as "RSA_2048",
      SignatureAlgorithm: "SHA256WITHRSA",
      InUseBy: [],
      Type: "AMAZON_ISSUED",
      KeyUsages: [{ Name: "DIGITAL_SIGNATURE" }, { Name: "KEY_ENCIPHERMENT" }],
      ExtendedKeyUsages: [{ Name: "TLS_WEB_SERVER_AUTHENTICATION", OID: "1.3.6.1.5.5.7.3.1" }],
      RenewalEligibility: "INELIGIBLE",
      Options: { CertificateTransparencyLoggingPreference: row.transparencyLogging },
    },
  };
}

const validationRecord = (row: CertificateRow, domainName: string) => {
  const digits = row.serial.replaceAll(":", "");
  const base = domainName.replace(/^\*\./, "");
  return {
    Name: `_${digits}.${base}.`,
    Type: "CNAME" as const,
    Value: `_${digits.split("").toReversed().join("")}.acm-validations.aws.`,
  };
};

function listCertificates(call: Call, input: In<"ListCertificates">): Out<"ListCertificates"> {
  const rows = [...certificates.scan(call.tx, [])].map(({ value }) => value);
  const wanted = input.CertificateStatuses ?? [];
  const fitting = wanted.length === 0 || wanted.includes("ISSUED") ? rows : [];
  const start = Number(input.NextToken ?? 0);
  const end = start + (input.MaxItems ?? 1000);
  return {
    CertificateSummaryList: fitting.slice(start, end).map((row) => ({
      CertificateArn: row.arn,
      DomainName: row.domainName,
      SubjectAlternativeNameSummaries: [...row.alternativeNames],
      Status: "ISSUED" as const,
      Type: "AMAZON_ISSUED" as const,
      KeyAlgorithm: row.keyAlgorithm as "RSA_2048",
      InUse: false,
      CreatedAt: new Date(row.createdAtMs),
    })),
    ...(end < fitting.length ? { NextToken: String(end) } : {}),
  };
}

function deleteCertificate(call: Call, input: In<"DeleteCertificate">): void {
  certificates.delete(call.tx, [need(call, input.CertificateArn).arn]);
}

function setTags(call: Call, row: CertificateRow, tags: Readonly<Record<string, string>>): void {
  certificates.set(call.tx, [row.arn], { ...row, tags });
}

function addTags(call: Call, input: In<"AddTagsToCertificate">): void {
  const row = need(call, input.CertificateArn);
  setTags(call, row, { ...row.tags, ...tagsOf(input.Tags) });
}

function removeTags(call: Call, input: In<"RemoveTagsFromCertificate">): void {
  const row = need(call, input.CertificateArn);
  const gone = (input.Tags ?? []).map(({ Key }) => Key ?? "");
  setTags(call, row, Object.fromEntries(Object.entries(row.tags).filter(([key]) => !gone.includes(key))));
}

function listTags(call: Call, input: In<"ListTagsForCertificate">): Out<"ListTagsForCertificate"> {
  const { tags } = need(call, input.CertificateArn);
  return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}

export const service: Service = {
  name: "acm",
  operations: {
    AddTagsToCertificate: addTags,
    DeleteCertificate: deleteCertificate,
    DescribeCertificate: describeCertificate,
    ListCertificates: listCertificates,
    ListTagsForCertificate: listTags,
    RemoveTagsFromCertificate: removeTags,
    RequestCertificate: requestCertificate,
  } satisfies Operations<Client>,
};
