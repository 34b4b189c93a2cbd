/** Documented numbers of API Gateway HTTP APIs ("Quotas for configuring and running an HTTP API"). */

/** A request's body, and a response's. */
export const bodySizeBytesMax = 10 * 1024 * 1024;
/** The longest and the default integration timeout of an HTTP API. */
export const integrationTimeoutMsMax = 30_000;
/** The longest integration timeout of a WebSocket API, also its default. */
export const webSocketIntegrationTimeoutMsMax = 29_000;
export const integrationTimeoutMsMin = 50;
/** How long a Lambda authorizer may take. */
export const authorizerTimeoutMs = 10_000;
export const pageSizeDefault = 100;
export const pageSizeMax = 500;
/** How long the keys of a JWT issuer are used before they are fetched again. */
export const issuerKeysMs = 2 * 60 * 60 * 1000;
