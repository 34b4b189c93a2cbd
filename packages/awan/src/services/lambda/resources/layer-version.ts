/** AWS::Lambda::LayerVersion and AWS::Lambda::LayerVersionPermission. */
import type { ResourceProvider } from "../../../host/resource.ts";
import { mapAnswer } from "../../../host/service.ts";
import { parseLayerArn } from "../layer.ts";
import { pick, text, unlessGone } from "./properties.ts";

export const layerVersion: ResourceProvider = {
  type: "AWS::Lambda::LayerVersion",
  properties: {
    LayerName: "replace",
    Content: "replace",
    Description: "replace",
    CompatibleRuntimes: "replace",
    CompatibleArchitectures: "replace",
    LicenseInfo: "replace",
  },
  required: ["Content"],
  create(call, { properties, generateName }) {
    const published = call.start("lambda", "PublishLayerVersion", {
      ...pick(properties, [
        "Content",
        "Description",
        "CompatibleRuntimes",
        "CompatibleArchitectures",
        "LicenseInfo",
      ]),
      LayerName: text(properties["LayerName"]) || generateName({ lengthMax: 140 }),
    });
    return mapAnswer(
      published,
      (_later, output) => {
        const arn = text(output["LayerVersionArn"]);
        return { physicalId: arn, attributes: { LayerVersionArn: arn } };
      },
      call,
    );
  },
  update: (_call, { physicalId }) => ({ physicalId, attributes: { LayerVersionArn: physicalId } }),
  delete(call, { physicalId }) {
    const reference = parseLayerArn(physicalId);
    if (reference === undefined) return;
    const input = { LayerName: reference.name, VersionNumber: reference.version };
    unlessGone(() => call.invoke("lambda", "DeleteLayerVersion", input));
  },
};

export const layerVersionPermission: ResourceProvider = {
  type: "AWS::Lambda::LayerVersionPermission",
  properties: {
    LayerVersionArn: "replace",
    Action: "replace",
    Principal: "replace",
    OrganizationId: "replace",
  },
  required: ["Action", "LayerVersionArn", "Principal"],
  create(call, { properties, generateName }) {
    const arn = text(properties["LayerVersionArn"]);
    const id = generateName({ lengthMax: 100 });
    const reference = parseLayerArn(arn);
    call.invoke("lambda", "AddLayerVersionPermission", {
      LayerName: reference?.name ?? arn,
      VersionNumber: reference?.version ?? 0,
      StatementId: id,
      Action: properties["Action"],
      Principal: text(properties["Principal"]),
      ...pick(properties, ["OrganizationId"]),
    });
    return { physicalId: `${arn}#${id}`, attributes: { Id: id } };
  },
  update: (_call, { physicalId }) => ({ physicalId, attributes: { Id: physicalId.split("#")[1] } }),
  delete(call, { physicalId }) {
    const [arn = "", StatementId] = physicalId.split("#");
    const reference = parseLayerArn(arn);
    if (reference === undefined) return;
    const input = { LayerName: reference.name, VersionNumber: reference.version, StatementId };
    unlessGone(() => call.invoke("lambda", "RemoveLayerVersionPermission", input));
  },
};
