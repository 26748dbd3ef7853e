import type {Check} from '../threshold/threshold.ts'

/** Checks in one line above what was checked, as monitoring shows the first line; those that failed if any did. */
export function renderChecked(checks: readonly Check[], text: string): string {
  if (checks.length === 0) return text
  const failed = checks.filter(({ok}) => !ok)
  const [word, shown] = failed.length > 0 ? ['FAILED', failed] : ['ok', checks]
  return `${word}: ${shown.map((check) => check.text).join('; ')}\n\n${text}`
}
