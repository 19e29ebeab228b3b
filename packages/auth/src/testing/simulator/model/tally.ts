/** What happened in a history, or in many of them. */
export interface Tally {
  steps: number;
  refreshes: number;
  repeated: number;
  rearmed: number;
  lostRequests: number;
  lostReplies: number;
  crashes: number;
  outages: number;
  thefts: number;
  detectedThefts: number;
  secondFactors: number;
  completedLogins: number;
  /** Answers of a server that did not know the kind of a second factor. */
  putOff: number;
}

export function noTally(): Tally {
  return {
    steps: 0,
    refreshes: 0,
    repeated: 0,
    rearmed: 0,
    lostRequests: 0,
    lostReplies: 0,
    crashes: 0,
    outages: 0,
    thefts: 0,
    detectedThefts: 0,
    secondFactors: 0,
    completedLogins: 0,
    putOff: 0,
  };
}
