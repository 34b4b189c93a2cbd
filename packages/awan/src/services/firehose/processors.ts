/** The processors of a delivery stream, as its configuration lists them. */
import type { Processing, Processor } from "./keys.ts";

const find = ({ Enabled, Processors }: Processing, type: string): Processor | undefined =>
  Enabled ? Processors.find(({ Type }) => Type === type) : undefined;

/** The function that transforms records, if there is one. */
export const transformer = (processing: Processing): Processor | undefined => find(processing, "Lambda");
export const extractor = (processing: Processing): Processor | undefined =>
  find(processing, "MetadataExtraction");
export const deaggregator = (processing: Processing): Processor | undefined =>
  find(processing, "RecordDeAggregation");
export const delimiterAppender = (processing: Processing): Processor | undefined =>
  find(processing, "AppendDelimiterToRecord");
export const decompressor = (processing: Processing): Processor | undefined =>
  find(processing, "Decompression");
export const logsExtractor = (processing: Processing): Processor | undefined =>
  find(processing, "CloudWatchLogProcessing");

export const parameter = (processor: Processor | undefined, name: string): string | undefined =>
  processor?.Parameters.find(({ ParameterName }) => ParameterName === name)?.ParameterValue;
