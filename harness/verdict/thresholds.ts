/** A threshold as it was written and parsed; k6's grammar (`p(95)<3000`, `rate==1`, `count>0`). */
export interface ThresholdSpec {
  /** As written. */
  expression: string;
  /** `avg min max med p rate count value`. */
  aggregation: string;
  /** 0 to 100, only with `p`. */
  percentile?: number;
  operator: '<' | '<=' | '>' | '>=' | '==' | '===' | '!=';
  limit: number;
  abortOnFail?: boolean;
}
