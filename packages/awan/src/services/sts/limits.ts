/** Documented durations of temporary credentials, in seconds. */
export const roleSecondsDefault = 3600;
/** When a role is assumed by a role ("role chaining"). */
export const chainedSecondsMax = 3600;
export const tokenSecondsDefault = 43_200;
