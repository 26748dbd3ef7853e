import {h} from '../dom.ts'

/** Names with what is known under them; those of which nothing is known are left out. */
export function facts(entries: Array<[string, string | number | null | undefined]>): HTMLElement {
  const known = entries.filter(([, value]) => value !== null && value !== undefined && value !== '')
  return h(
    'dl',
    {class: 'facts'},
    ...known.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  )
}
