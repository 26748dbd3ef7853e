import {usageError} from '../errors.ts'
import {RULE_FLAGS, type RuleFlags} from '../letters/edit/rule.ts'
import {type FilterFlags, firstFilterFlag} from '../queue/letters/filter-flags.ts'

type EditFlags = FilterFlags & RuleFlags & {'dry-run': boolean; plan?: string}

/**
 * One letter is edited by hand, many are by rules.
 * @returns the id of the letter; none if there are rules
 * @throws QtoolError (usage) unless it is either, and for flags that would have no effect beside an id
 */
export function editOf(id: string | undefined, flags: EditFlags): {id?: string} {
  const isByRule = RULE_FLAGS.some((name) => flags[name] !== undefined)
  if (isByRule === (id !== undefined)) {
    const rules = RULE_FLAGS.map((name) => `--${name}`).join(', ')
    throw usageError(`give either the id of a dead letter or rules: ${rules}`, 'qtool dlq list shows the ids')
  }
  if (isByRule) return {}
  const extra = firstFilterFlag(flags) ?? (flags['dry-run'] ? 'dry-run' : flags.plan ? 'plan' : undefined)
  if (extra) throw usageError(`an id cannot be combined with --${extra}`, `--${extra} goes with rules`)
  return {id}
}
