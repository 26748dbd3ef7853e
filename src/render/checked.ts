import type {Check} from '../threshold/threshold.ts'

/**
 * Checks in one line and a blank one, to stand above what was checked, as monitoring shows the first line; those that
 * failed if any did. Empty without checks.
 */
export function renderChecked(checks: readonly Check[]): string {
  if (checks.length === 0) return ''
  const failed = checks.filter(({ok}) => !ok)
  const [word, shown] = failed.length > 0 ? ['FAILED', failed] : ['ok', checks]
  return `${word}: ${shown.map((check) => check.text).join('; ')}\n\n`
}
