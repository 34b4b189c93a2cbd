/**
 * EC2 as far as serverless applications mention it: networks, their parts and what guards them, as records. No machine
 * runs here and no packet moves; whatever else EC2 has answers 501.
 */
import type { Operation, Service } from "../../host/service.ts";
import { commonOperations } from "./operations/common.ts";
import * as groups from "./operations/security-groups.ts";
import * as instances from "./operations/instances.ts";
import * as keyPairs from "./operations/key-pairs.ts";
import * as network from "./operations/network.ts";
import * as routes from "./operations/routes.ts";
import * as tags from "./operations/tags.ts";

const { createVpcOperation, ...networks } = network;
const { createRouteTableOperation, ...routing } = routes;

/** `createTags` is the operation `CreateTags`. */
const named = (functions: Readonly<Record<string, unknown>>): Record<string, Operation> =>
  Object.fromEntries(
    Object.entries(functions).map(([name, operation]) => [
      name.charAt(0).toUpperCase() + name.slice(1),
      operation as Operation,
    ]),
  );

export const service: Service = {
  name: "ec2",
  operations: {
    ...commonOperations,
    ...named(networks),
    ...named(routing),
    ...named(groups),
    ...named(instances),
    ...named(keyPairs),
    CreateRouteTable: createRouteTableOperation,
    CreateTags: tags.createTags,
    CreateVpc: createVpcOperation,
    DeleteTags: tags.deleteTags,
    DescribeTags: tags.describeTags,
  },
};
