import {QtoolError} from '../errors.ts'
import {plural} from '../render/format.ts'

/** The answer to whoever did not confirm, with what would be removed. */
export function unconfirmed(items: {matched: number}, letters: {matched: number} | null): QtoolError {
  const more = letters ? ` and ${plural(letters.matched, 'dead letter')}` : ''
  return new QtoolError(
    `this would remove ${plural(items.matched, 'ready item')}${more}; nothing was removed`,
    {
      code: 'UNCONFIRMED',
      kind: 'refused',
      suggestions: ['add confirm=true to remove them'],
    },
  )
}
