/** Ends a run with one plain line, so that a log's last line says how many tests passed. */
module.exports = class ClosingLineReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests }) {
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    // Jest's own summary comes after this hook.
    process.once('exit', () => {
      console.log(`${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped`);
    });
  }
};
