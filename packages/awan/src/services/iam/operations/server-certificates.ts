/** Server certificates: kept as they were uploaded, without their private keys. */
import { X509Certificate } from "node:crypto";
import type { ServerCertificateMetadata } from "@aws-sdk/client-iam";
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../client.ts";
import { checkPath, globally, iamArn, newId, page, tagList, tagsFrom } from "../entity.ts";
import { alreadyExists, noSuchEntity } from "../errors.ts";
import { type ServerCertificateRow, serverCertificates } from "../keys.ts";

export function findCertificate(call: Call, name: string): ServerCertificateRow {
  const row = serverCertificates.get(call.tx, [name]);
  if (row === undefined) throw noSuchEntity(`The Server Certificate with name ${name} cannot be found.`);
  return row;
}

const metadata = (name: string, row: ServerCertificateRow): ServerCertificateMetadata => ({
  Path: row.path,
  ServerCertificateName: name,
  ServerCertificateId: row.id,
  Arn: row.arn,
  UploadDate: new Date(row.createdAtMs),
  Expiration: new Date(row.expiresAtMs),
});

function expirationOf(body: string): number {
  try {
    return new Date(new X509Certificate(body).validTo).getTime();
  } catch {
    throw new AwsError(
      "MalformedCertificateException",
      "Unable to parse certificate. Please ensure the certificate is in PEM format.",
    );
  }
}

export function uploadServerCertificate(
  original: Call,
  input: Input<"UploadServerCertificate">,
): Output<"UploadServerCertificate"> {
  const call = globally(original);
  const name = input.ServerCertificateName;
  const path = input.Path ?? "/";
  checkPath(path);
  if (serverCertificates.has(call.tx, [name])) {
    throw alreadyExists(`The Server Certificate with name ${name} already exists.`);
  }
  const row: ServerCertificateRow = {
    id: newId(call, "ASCA"),
    arn: iamArn(call, "server-certificate", path, name),
    path,
    createdAtMs: Math.floor(call.nowMs / 1000) * 1000,
    body: input.CertificateBody.trim(),
    chain: input.CertificateChain?.trim() ?? null,
    expiresAtMs: expirationOf(input.CertificateBody),
    tags: tagsFrom(input.Tags),
  };
  serverCertificates.set(call.tx, [name], row);
  return {
    ServerCertificateMetadata: metadata(name, row),
    ...(Object.keys(row.tags).length === 0 ? {} : { Tags: tagList(row.tags) }),
  };
}

export function getServerCertificate(
  original: Call,
  input: Input<"GetServerCertificate">,
): Output<"GetServerCertificate"> {
  const row = findCertificate(globally(original), input.ServerCertificateName);
  return {
    ServerCertificate: {
      ServerCertificateMetadata: metadata(input.ServerCertificateName, row),
      CertificateBody: row.body,
      ...(row.chain === null ? {} : { CertificateChain: row.chain }),
      Tags: tagList(row.tags),
    },
  };
}

export function listServerCertificates(
  original: Call,
  input: Input<"ListServerCertificates">,
): Output<"ListServerCertificates"> {
  const prefix = input.PathPrefix ?? "/";
  const source = { table: serverCertificates, input };
  const { items, ...rest } = page(globally(original), source, ([name], row) =>
    row.path.startsWith(prefix) ? metadata(name, row) : undefined,
  );
  return { ServerCertificateMetadataList: items, ...rest };
}

export function updateServerCertificate(original: Call, input: Input<"UpdateServerCertificate">): void {
  const call = globally(original);
  const row = findCertificate(call, input.ServerCertificateName);
  const name = input.NewServerCertificateName ?? input.ServerCertificateName;
  const path = input.NewPath ?? row.path;
  checkPath(path);
  if (name !== input.ServerCertificateName) {
    if (serverCertificates.has(call.tx, [name])) {
      throw alreadyExists(`The Server Certificate with name ${name} already exists.`);
    }
    serverCertificates.delete(call.tx, [input.ServerCertificateName]);
  }
  const arn = iamArn(call, "server-certificate", path, name);
  serverCertificates.set(call.tx, [name], { ...row, path, arn });
}

export function deleteServerCertificate(original: Call, input: Input<"DeleteServerCertificate">): void {
  const call = globally(original);
  findCertificate(call, input.ServerCertificateName);
  serverCertificates.delete(call.tx, [input.ServerCertificateName]);
}
