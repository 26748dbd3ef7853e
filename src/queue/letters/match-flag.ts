import {usageError} from '../../errors.ts'
import type {Condition} from '../../filter/expression.ts'

/** An operator typed by habit: nothing but equality is known. */
const OPERATOR = /[!<>~=\s]$/

/** `a.b=5` → the value at `a.b` is 5. @throws QtoolError (usage) */
export function parseMatch(text: string): Condition {
  const equals = text.indexOf('=')
  const key = text.slice(0, Math.max(equals, 0))
  const value = text.slice(equals + 1)
  const path = key.split('.')
  if (path.every((name) => name !== '') && !OPERATOR.test(key) && !value.startsWith('=')) {
    return {kind: 'value-is', path, pattern: [value]}
  }
  throw usageError(
    `--match must be KEY=VALUE, got ${JSON.stringify(text)}`,
    "for example --match 'flight_uuid=4f6f…' or --match device.id=7",
    '--match knows only equality, --where \'device.id>7\' more; a value that begins with "=" is written as a JSON string: --match \'key="=x"\'',
  )
}
