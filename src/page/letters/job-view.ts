import {h} from '../dom.ts'
import {panel} from '../panel.ts'
import {prettyJson} from './pretty.ts'
import type {LetterAnswer} from './shapes.ts'

/** What is read in the job of a letter, above its exact bytes; nothing for a letter that is a record itself. */
export function jobView({job}: LetterAnswer): HTMLElement[] {
  if (!job) return []
  const {name, records, fault} = job
  const inside =
    records === null
      ? h('p', {class: 'complaint'}, fault ?? '')
      : h(
          'pre',
          {class: 'payload', tabindex: 0, 'aria-label': 'Records of the job'},
          prettyJson(records) ?? records,
        )
  return [panel(`records of the job${name === null ? '' : ` ${name}`}`, inside)]
}
