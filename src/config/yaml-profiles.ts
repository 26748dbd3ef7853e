import {type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap} from 'yaml'
import {badFile, bookOf, type Profile, type ProfileBook} from './profile.ts'

/** The text of a profile file in YAML with other profiles in it; what stays the same keeps its comments and its form. */
export function editedYaml(before: string, book: ProfileBook, path: string): string {
  const document = parseDocument(before)
  const known = bookOf(document.toJS(), path)
  if (book.current === undefined) dropCurrent(document)
  else document.set('current', book.current)
  const list = document.get('profiles')
  if (!isSeq(list)) throw badFile(path, 'a list "profiles"')
  list.items = list.items.filter(
    (item) => isMap(item) && book.profiles.some(({name}) => name === item.get('name')),
  )
  for (const profile of book.profiles) {
    const item = list.items.find((one) => isMap(one) && one.get('name') === profile.name)
    const was = known.profiles.find(({name}) => name === profile.name)
    if (isMap(item) && was) editProfile(document, item, {was, profile})
    else list.add(document.createNode(withoutUnset(profile)))
  }
  return document.toString({lineWidth: 0, flowCollectionPadding: /[{[] /.test(before)})
}

/** A comment at the top of the file belongs to its first member, and would go with it. */
function dropCurrent(document: Document): void {
  const {contents} = document
  if (!isMap(contents)) return
  const {key} = contents.items[0] ?? {}
  const top = isScalar(key) && key.value === 'current' ? key.commentBefore : undefined
  document.delete('current')
  const next = contents.items[0]?.key
  if (top && isScalar(next)) next.commentBefore = [top, next.commentBefore ?? ''].filter(Boolean).join('\n')
}

/** Changes the fields that are not the same any more. */
function editProfile(
  document: Document,
  item: YAMLMap,
  {was, profile}: {was: Profile; profile: Profile},
): void {
  const fields = new Set([...Object.keys(was), ...Object.keys(profile)]) as Set<keyof Profile>
  for (const field of fields) {
    if (JSON.stringify(was[field]) === JSON.stringify(profile[field])) continue
    if (profile[field] === undefined) item.delete(field)
    else item.set(field, document.createNode(profile[field]))
  }
}

function withoutUnset(profile: Profile): object {
  return Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== undefined))
}
