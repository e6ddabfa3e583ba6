import { policies } from 'cassandra-driver';
import type { types } from 'cassandra-driver';

const MOST_RETRIES = 3;

/**
 * Whatever fails is tried again through the next node, since every statement of ours may be replayed: creates have a
 * fresh token, all other writes carry their timestamp. The deadline of the call ends it all.
 */
export class RetryElsewherePolicy extends policies.retry.RetryPolicy {
  override onReadTimeout = this.elsewhere.bind(this);
  override onWriteTimeout = this.elsewhere.bind(this);
  override onUnavailable = this.elsewhere.bind(this);
  override onRequestError = this.elsewhere.bind(this);

  private elsewhere(
    { nbRetry }: policies.retry.OperationInfo,
    consistency: types.consistencies,
  ): policies.retry.DecisionInfo {
    return nbRetry < MOST_RETRIES ? this.retryResult(consistency, false) : this.rethrowResult();
  }
}
