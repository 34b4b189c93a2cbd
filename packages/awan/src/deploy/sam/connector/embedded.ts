/** `Connectors` of a resource: each becomes a connector of its own, from the resource it stands on. */
import { type Dict, isDict } from "../../template/value.ts";
import { DuplicateLogicalId, InvalidResource, type Problem } from "../errors.ts";
import { expectMap } from "../expect.ts";
import { deepCopy, entriesOf } from "../python/dictionary.ts";
import { checkLogicalId, ownAttributeNames } from "../resource.ts";
import { checkProperties } from "../shape.ts";
import { shapes } from "../shapes.ts";

const connectorType = "AWS::Serverless::Connector";

/** Takes the attribute off every resource and gives the connectors by logical id. */
export function takeEmbeddedConnectors(resources: Record<string, Dict>, problems: Problem[]): Dict {
  const made: Dict = {};
  for (const [sourceId, resource] of entriesOf(resources) as [string, Dict][]) {
    if (!("Connectors" in resource)) continue;
    const attempt = (run: () => void): void => {
      try {
        run();
      } catch (error) {
        if (!(error instanceof InvalidResource) && !(error instanceof DuplicateLogicalId)) throw error;
        problems.push(error);
      }
    };
    attempt(() => {
      const connectors = resource["Connectors"];
      expectMap(connectors, { id: sourceId, path: `${sourceId}.Connectors`, of: "attribute" });
      for (const [name, value] of entriesOf(connectors)) {
        attempt(() => {
          const id = sourceId + name;
          if (!isDict(value)) throw new InvalidResource(id, `${sourceId}.${id} should be a map.`);
          const connector = connectorOf({ sourceId, name, id }, value);
          if (id in resources)
            throw new DuplicateLogicalId({ logicalId: sourceId, duplicate: id, type: connectorType });
          made[id] = connector;
        });
      }
    });
  }
  for (const resource of Object.values(resources)) delete resource["Connectors"];
  return made;
}

function connectorOf(
  { sourceId, name, id }: { sourceId: string; name: string; id: string },
  value: Dict,
): Dict {
  const properties = deepCopy(value["Properties"]);
  expectMap(properties, { id: sourceId, path: `Connectors.${name}.Properties`, of: "attribute" });
  const source: Dict = { Id: sourceId };
  if ("SourceReference" in properties) {
    const reference = properties["SourceReference"];
    expectMap(reference, { id: sourceId, path: `Connectors.${name}.Properties.SourceReference` });
    if ("Id" in reference) throw new InvalidResource(name, "'Id' shouldn't be defined in 'SourceReference'.");
    Object.assign(source, reference);
    delete properties["SourceReference"];
  }
  properties["Source"] = source;
  checkProperties(checkLogicalId(id), connectorType, { properties, of: shapes.connector });
  const attributes = Object.fromEntries(
    ownAttributeNames.flatMap((attribute) => (attribute in value ? [[attribute, value[attribute]]] : [])),
  );
  const dependsOn = "DependsOn" in value ? { DependsOn: value["DependsOn"] } : {};
  return { Type: connectorType, ...dependsOn, ...attributes, Properties: properties };
}
