import type {Definition, Part} from './definition.ts'

/** How a table and its types differ from what they were, in plain words, one for each difference. */
export function definitionChanges(before: Definition, after: Definition): string[] {
  const isSame = isSameTable(before, after)
  // Another table has other numbers: its parts are known by their names
  const keyOf = ({kind, id, of, name}: Part) => `${kind} ${isSame ? id : `${of ?? ''} ${name}`}`
  const [old, now] = [before, after].map((parts) => new Map(parts.map((part) => [keyOf(part), part])))
  const changes = [...now].flatMap(([key, part]) => {
    const was = old.get(key)
    return was ? partChanges(was, part) : [`new ${wordsOf(part)}${saysOf(part)}`]
  })
  const gone = [...old].filter(([key]) => !now.has(key)).map(([, part]) => `gone ${wordsOf(part)}`)
  const replaced = isSame ? [] : ['it is another table of the same name']
  return [...replaced, ...changes, ...gone]
}

/** Columns are numbered within their table. */
function isSameTable(before: Definition, after: Definition): boolean {
  const tableOf = (parts: Definition) => parts.find(({kind}) => kind === 'column')?.id.split('.')[0]
  return tableOf(before) === tableOf(after)
}

function partChanges(was: Part, now: Part): string[] {
  const renamed = was.name === now.name ? [] : [`${wordsOf(was)} is now called ${quoted(now)}`]
  const others = Object.keys(now.aspects)
    .filter((aspect) => was.aspects[aspect] !== now.aspects[aspect])
    .map((aspect) => aspectChange(aspect, now, was))
  return [...renamed, ...others]
}

function aspectChange(aspect: string, now: Part, was: Part): string {
  const [from, to] = [was.aspects[aspect], now.aspects[aspect]]
  const it = now.kind === 'table' ? 'the table' : wordsOf(now)
  switch (aspect) {
    case 'type':
      return `${it} is now of the type ${to}, it was ${from}`
    case 'says':
      return `${it} now says ${to}`
    case 'not null':
      return to === null ? `${it} takes NULL now` : `${it} no longer takes NULL`
    case 'default':
      if (to === null) return `${it} no longer has a default`
      return from === null
        ? `${it} now has the default ${to}`
        : `${it} now has the default ${to}, it was ${from}`
    case 'generated':
      return to === null ? `${it} is no longer generated` : `${it} is now generated as ${to}`
    case 'identity':
      return to === null ? `${it} is no longer an identity` : `${it} is now an identity (generated ${to})`
    case 'enabled':
      return `${it} is now ${to === null ? 'off' : 'on'}`
    default:
      return `${it} ${to === null ? 'no longer has' : 'now has'} ${aspect}`
  }
}

function saysOf({kind, aspects: {says, type}}: Part): string {
  if (kind === 'constraint' || kind === 'key') return ` (${says})`
  return type ? ` of the type ${type}` : ''
}

function wordsOf(part: Part): string {
  const of = part.of === null ? '' : ` of the type ${part.of}`
  return `${part.kind === 'key' ? 'unique index' : part.kind}${of} ${quoted(part)}`
}

function quoted({kind, name}: Part): string {
  // The name of a type is written as in SQL, with its quotes where it needs them
  return kind === 'type' ? name : JSON.stringify(name)
}
