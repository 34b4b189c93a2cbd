/** `AWS::CDK::Metadata`: what a CDK application says of itself; nothing is made of it. */
import type { NativeResource } from "../resources/native.ts";

const nothing = (physicalId: string) => Promise.resolve({ physicalId, attributes: {} });

export const cdkMetadata: NativeResource = {
  type: "AWS::CDK::Metadata",
  properties: { Analytics: "mutable", Modules: "mutable" },
  create: ({ logicalId, stack }) => nothing(`${stack.name}-${logicalId}`),
  update: ({ physicalId }) => nothing(physicalId),
  delete: () => Promise.resolve(),
};
