import {usageError} from '../../errors.ts'

/** An identifier as SQL writes it. Postgres takes any letter beyond ASCII. */
const PART = /^(?:"(?:[^"]|"")+"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)/u

/**
 * Asserts that a text is the name of a table as written in SQL: `orders`, `public.orders`, `shop."OrderItems"`.
 * @throws QtoolError (usage) that says where it is not
 */
export function assertTableName(name: string): void {
  let rest = name
  for (let parts = 1; ; parts++) {
    const part = PART.exec(rest)?.[0]
    if (part === undefined)
      throw noName(name, rest === '' ? 'ends too early' : `is none at ${JSON.stringify(rest)}`)
    rest = rest.slice(part.length)
    if (rest === '') return
    if (!rest.startsWith('.')) throw noName(name, `is none at ${JSON.stringify(rest)}`)
    if (parts === 2) throw noName(name, 'has more than a schema and a table')
    rest = rest.slice(1)
  }
}

function noName(name: string, why: string) {
  return usageError(
    `expected the name of a table as in SQL, got ${JSON.stringify(name)}, which ${why}`,
    'write schema.table; anything but small letters, digits and _ needs quotes, a quote in it two: \'shop."Order""Items"\'',
  )
}
