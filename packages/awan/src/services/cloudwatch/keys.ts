/** CloudWatch's rows: alarms as they were put, dashboards. */
import { table } from "../../store/table.ts";

type Plain = Readonly<Record<string, unknown>>;

export interface AlarmRow {
  readonly kind: "MetricAlarm" | "CompositeAlarm";
  /** Members of PutMetricAlarm or PutCompositeAlarm, without tags. */
  readonly settings: Plain;
  readonly arn: string;
  readonly state: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  readonly stateReason: string;
  readonly stateReasonData: string | null;
  readonly stateUpdatedAtMs: number;
  readonly configuredAtMs: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface DashboardRow {
  readonly body: string;
  readonly modifiedAtMs: number;
}

export const alarms = table<[name: string], AlarmRow>("cloudwatch", "alarm");
export const dashboards = table<[name: string], DashboardRow>("cloudwatch", "dashboard");
