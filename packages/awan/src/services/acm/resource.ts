/** CloudFormation's `AWS::CertificateManager::Certificate`: issued at once, whoever would have to validate it. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider } from "../../host/resource.ts";
import { certificates } from "./keys.ts";

type Tags = readonly { readonly Key: string; readonly Value: string }[];

const tagsOf = (
  properties: Properties,
  stackTags: Readonly<Record<string, string>>,
): Record<string, string> => ({
  ...stackTags,
  ...Object.fromEntries(((properties["Tags"] ?? []) as Tags).map(({ Key, Value }) => [Key, Value])),
});

const certificate: ResourceProvider = {
  type: "AWS::CertificateManager::Certificate",
  properties: {
    CertificateAuthorityArn: "replace",
    CertificateExport: "mutable",
    CertificateTransparencyLoggingPreference: "mutable",
    DomainName: "replace",
    DomainValidationOptions: "replace",
    KeyAlgorithm: "replace",
    SubjectAlternativeNames: "replace",
    Tags: "mutable",
    ValidationMethod: "replace",
  },
  required: ["DomainName"],
  create: (call: Call, { properties, stack }) => {
    const { DomainName, KeyAlgorithm, SubjectAlternativeNames, ValidationMethod } = properties;
    const answer = call.invoke("acm", "RequestCertificate", {
      DomainName,
      ...(KeyAlgorithm === undefined ? {} : { KeyAlgorithm }),
      ...(SubjectAlternativeNames === undefined ? {} : { SubjectAlternativeNames }),
      ...(ValidationMethod === undefined ? {} : { ValidationMethod }),
      Tags: Object.entries(tagsOf(properties, stack.tags)).map(([Key, Value]) => ({ Key, Value })),
    });
    const arn = String(answer["CertificateArn"]);
    return { physicalId: arn, attributes: { Id: arn } };
  },
  update: (call, { physicalId, properties, stack }) => {
    const row = certificates.get(call.tx, [physicalId]);
    if (row !== undefined)
      certificates.set(call.tx, [physicalId], { ...row, tags: tagsOf(properties, stack.tags) });
    return { physicalId, attributes: { Id: physicalId } };
  },
  delete: (call, { physicalId }) => {
    call.invoke("acm", "DeleteCertificate", { CertificateArn: physicalId });
  },
};

export const providers: readonly ResourceProvider[] = [certificate];
