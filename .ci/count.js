// Prints "N passed, N failed" and fails where something did.
// Usage: node .ci/count.js <report of vitest> <exit code of npm test> <exit codes of other checks…>
import {readFileSync} from 'node:fs'

const [path, tests, ...others] = process.argv.slice(2)

/** A file that cannot be loaded has no tests to fail: it counts as one. */
function countTests(report) {
  const broken = report.testResults.filter(
    ({status, assertionResults}) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  )
  return {passed: report.numPassedTests, failed: report.numFailedTests + broken.length}
}

function readCounts() {
  try {
    return countTests(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    process.stderr.write('the tests ended without a report\n')
    return {passed: 0, failed: 0}
  }
}

const counts = readCounts()
// Whatever else made npm test fail: no report, an error outside of tests, a server that did not start.
if (tests !== '0' && counts.failed === 0) counts.failed++
// No test at all is not a success.
if (counts.passed === 0 && counts.failed === 0) counts.failed++
for (const code of others) counts[code === '0' ? 'passed' : 'failed']++

process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`)
process.exitCode = counts.failed > 0 ? 1 : 0
