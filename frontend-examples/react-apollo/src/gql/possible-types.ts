
      export interface PossibleTypesResultData {
        possibleTypes: {
          [key: string]: string[]
        }
      }
      const result: PossibleTypesResultData = {
  "possibleTypes": {
    "JobStreamMessage": [
      "JobChange",
      "JobSnapshot",
      "StreamCaughtUp",
      "StreamClosing",
      "StreamReset"
    ],
    "Node": [
      "BulkOperation",
      "Job",
      "JobAttempt",
      "JobEvent",
      "JobSchedule"
    ],
    "UserError": [
      "CountMismatchError",
      "ExecutorError",
      "ForbiddenError",
      "IdempotencyConflictError",
      "InvalidStateError",
      "NotConfiguredError",
      "NotFoundError",
      "RateLimitedError",
      "ValidationError",
      "VersionConflictError"
    ]
  }
};
      export default result;
    