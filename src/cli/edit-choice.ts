import {usageError} from '../errors.ts'
import {RULE_FLAGS, type RuleFlags} from '../letters/edit/rule.ts'
import {type FilterFlags, firstFilterFlag} from '../queue/letters/filter-flags.ts'
import {namedOnce} from './queue-argument.ts'

type EditFlags = FilterFlags & RuleFlags & {'dry-run': boolean; plan?: string; queue?: string}

/**
 * One letter is edited by hand, many are by rules.
 * @param which the argument: the queue if there are rules, otherwise the id of the letter
 * @returns the id, or the queue that is named as an argument or by its flag
 * @throws QtoolError (usage) if there is neither an id nor a rule, and for flags that would have no effect beside an id
 */
export function editOf(which: string | undefined, flags: EditFlags): {id?: string; queue?: string} {
  if (RULE_FLAGS.some((name) => flags[name] !== undefined)) {
    return {queue: which === undefined ? flags.queue : namedOnce(which, flags.queue)}
  }
  if (which === undefined) {
    const rules = RULE_FLAGS.map((name) => `--${name}`).join(', ')
    throw usageError(`expected the id of a dead letter, or a rule: ${rules}`, 'qtool dlq list shows the ids')
  }
  const extra = firstFilterFlag(flags) ?? (flags['dry-run'] ? 'dry-run' : flags.plan ? 'plan' : undefined)
  if (extra) throw usageError(`an id cannot be combined with --${extra}`, `--${extra} goes with rules`)
  return {id: which}
}
