// Prints "N passed, N failed" and fails if anything failed.
// Usage: node .ci/count.js NAME=CODE[:REPORT]…
//   NAME    name of a part, e.g. tests
//   CODE    its exit code
//   REPORT  JSON report of vitest; a part without one counts as one check
import {readFileSync} from 'node:fs'
import {relative} from 'node:path'

/** A file that cannot be loaded has no tests to fail: it counts as one. */
function countTests(report) {
  const broken = report.testResults.filter(
    ({status, assertionResults}) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  )
  return {passed: report.numPassedTests, failed: report.numFailedTests + broken.length}
}

/** The names of what failed, and the first line of why: the output above is long, and may have been cut. */
function nameFailures(report) {
  for (const {name: file = '', message, assertionResults} of report.testResults) {
    const failed = assertionResults.filter((result) => result.status === 'failed')
    for (const {fullName, failureMessages} of failed) sayFailure(file, fullName, failureMessages?.[0])
    if (failed.length === 0 && message) sayFailure(file, '', message)
  }
}

function sayFailure(file, test, why = '') {
  const path = relative(process.cwd(), file)
  process.stdout.write(`failed: ${path}${test && ` > ${test}`}\n  ${why.split('\n', 3).join('\n  ')}\n`)
}

function readCounts(name, path) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'))
    nameFailures(report)
    return countTests(report)
  } catch {
    process.stderr.write(`${name}: ended without a report\n`)
    return {passed: 0, failed: 0}
  }
}

function countPart(name, code, path) {
  if (path === undefined) return code === '0' ? {passed: 1, failed: 0} : {passed: 0, failed: 1}
  const counts = readCounts(name, path)
  // It failed for another reason: no report, an error outside the tests, a server that was not found or did not start.
  if (code !== '0' && counts.failed === 0) counts.failed++
  // No test at all is not a success.
  if (counts.passed === 0 && counts.failed === 0) counts.failed++
  return counts
}

const sum = {passed: 0, failed: 0}
for (const part of process.argv.slice(2)) {
  const [, name, code, path] = /^([^=]+)=(\d+)(?::(.+))?$/.exec(part) ?? []
  if (name === undefined) throw new Error(`expected NAME=CODE[:REPORT], got ${part}`)
  const {passed, failed} = countPart(name, code, path)
  process.stdout.write(`${name}: ${passed} passed, ${failed} failed\n`)
  sum.passed += passed
  sum.failed += failed
}
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed\n`)
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0
