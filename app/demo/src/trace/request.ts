/** One inference request of a trace. */
export interface TraceRequest {
  /** Microseconds since 1970 (UTC); digits below a microsecond are dropped. */
  atMicros: number;
  contextTokens: number;
  generatedTokens: number;
}

/** A row that is no request: where it stands in the file, and why it was not read. */
export interface BadRow {
  /** 1-based line in the file, the header being line 1. */
  line: number;
  reason: string;
}

/** A trace in order of time. */
export interface Trace {
  /** What the workload is, for the reports: a file's name, or "generated". */
  source: string;
  requests: TraceRequest[];
  badRows: BadRow[];
  /** Rows whose time was before that of the row above; they are sorted in, not refused. */
  outOfOrder: number;
}
