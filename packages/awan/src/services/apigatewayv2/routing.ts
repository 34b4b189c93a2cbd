/** What an API serves now, gathered from its records: the content of a deployment. */
import type { Call } from "../../host/call.ts";
import {
  authorizers,
  integrations,
  liveRouting,
  type RoutedRoute,
  routes,
  type RoutingRow,
  routings,
  type StageRow,
} from "./keys.ts";

/** `integrations/abc123` → `abc123`. */
export const integrationIdOf = (target: string | undefined): string | undefined =>
  target?.startsWith("integrations/") === true ? target.slice("integrations/".length) : undefined;

export function gatherRouting(call: Call, apiId: string): RoutingRow {
  const routed: RoutedRoute[] = [];
  for (const { value: route } of routes.scan(call.tx, [apiId])) {
    const integrationId = integrationIdOf(route.Target);
    routed.push({
      route,
      integration:
        integrationId === undefined ? null : (integrations.get(call.tx, [apiId, integrationId]) ?? null),
      authorizer:
        route.AuthorizerId === undefined
          ? null
          : (authorizers.get(call.tx, [apiId, route.AuthorizerId]) ?? null),
    });
  }
  return { routes: routed };
}

/** What `stage` serves; undefined when it was never deployed. */
export function routingOf(call: Call, apiId: string, stage: StageRow): RoutingRow | undefined {
  if (stage.AutoDeploy === true) {
    const stored = routings.get(call.tx, [apiId, liveRouting]);
    if (stored !== undefined) return stored;
    const gathered = gatherRouting(call, apiId);
    routings.set(call.tx, [apiId, liveRouting], gathered);
    return gathered;
  }
  return stage.DeploymentId === undefined ? undefined : routings.get(call.tx, [apiId, stage.DeploymentId]);
}
