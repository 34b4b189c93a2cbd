/** CloudFormation's `AWS::IAM::ServerCertificate`. */
import type { Call } from "../../host/call.ts";
import type { ResourceProvider, ResourceState } from "../../host/resource.ts";
import { globally } from "./entity.ts";
import {
  deleteServerCertificate,
  findCertificate,
  updateServerCertificate,
  uploadServerCertificate,
} from "./operations/server-certificates.ts";
import { certificateTags } from "./operations/tags.ts";
import { gone, optional, templateTags } from "./resource-identity.ts";

const state = (call: Call, name: string): ResourceState => ({
  physicalId: name,
  attributes: { Arn: findCertificate(globally(call), name).arn },
});

export const serverCertificate: ResourceProvider = {
  type: "AWS::IAM::ServerCertificate",
  properties: {
    CertificateBody: "replace",
    CertificateChain: "replace",
    Path: "mutable",
    PrivateKey: "replace",
    ServerCertificateName: "replace",
    Tags: "mutable",
  },
  create: (call, { properties, stack, generateName }) => {
    const name = optional(properties["ServerCertificateName"]) ?? generateName({ lengthMax: 128 });
    uploadServerCertificate(call, {
      ServerCertificateName: name,
      CertificateBody: optional(properties["CertificateBody"]) ?? "",
      CertificateChain: optional(properties["CertificateChain"]),
      Path: optional(properties["Path"]),
      PrivateKey: optional(properties["PrivateKey"]) ?? "",
      Tags: templateTags(properties, stack.tags),
    });
    return state(call, name);
  },
  update: (call, { physicalId: ServerCertificateName, properties, stack }) => {
    updateServerCertificate(call, { ServerCertificateName, NewPath: optional(properties["Path"]) ?? "/" });
    const { Tags } = certificateTags.list(call, { ServerCertificateName });
    certificateTags.untag(call, { ServerCertificateName, TagKeys: Tags.map(({ Key }) => Key ?? "") });
    certificateTags.tag(call, { ServerCertificateName, Tags: templateTags(properties, stack.tags) });
    return state(call, ServerCertificateName);
  },
  delete: (call, { physicalId }) => {
    gone(() => deleteServerCertificate(call, { ServerCertificateName: physicalId }));
  },
};
