/**
 * What services ask of each other. Each service's `port.ts` adds its entry by module augmentation
 * (`declare module "../../host/ports.ts" { interface Ports { readonly sqs: SqsPort } }`), and the host binds the
 * implementation when the service is loaded; a service names the ports it uses in its definition's `needs`.
 */
// eslint-disable-next-line typescript/no-empty-interface -- filled by the services' port.ts
export interface Ports {}
