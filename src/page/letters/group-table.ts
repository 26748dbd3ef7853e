import type {LetterGroup} from '../../queue/letters/letter-groups.ts'
import {h, setText} from '../dom.ts'
import {count, moment} from '../format.ts'
import {KeyedRows, type ShownRow} from '../keyed-rows.ts'
import {to} from '../router.ts'
import {Sparkline} from '../sparkline.ts'
import {withGroup} from './group-filter.ts'
import {placeWords} from './place-words.ts'

export interface GroupTableOptions {
  queue: string
  /** The filter that the groups are below, at the moment. */
  where(): string
  /** Asks Postgres about the letters of a group. */
  onDiagnose(group: LetterGroup, where: string): void
}

/** Letters by reason and error: what most of the work is about. */
export class GroupTable {
  readonly node: HTMLElement
  readonly #rows: KeyedRows<LetterGroup>

  constructor(options: GroupTableOptions) {
    const body = h('tbody')
    this.#rows = new KeyedRows(body, nameOf, (group) => makeRow(group, options))
    const figures = ['letters', 'records', 'share'].map((title) => heading(title, 'figure'))
    const titles = ['reason', 'code', 'column or constraint', 'error'].map((title) => heading(title))
    const times = ['last hour', 'first seen', 'last seen'].map((title) => heading(title))
    const head = h('tr', {}, ...figures, ...titles, ...times, heading(''))
    const caption = h('caption', {class: 'unseen'}, 'Dead letters by reason and error')
    this.node = h('div', {class: 'wide'}, h('table', {class: 'groups'}, caption, h('thead', {}, head), body))
  }

  show(groups: LetterGroup[]): void {
    this.#rows.show(groups)
  }
}

function heading(title: string, className?: string): HTMLElement {
  return h('th', {scope: 'col', class: className}, title)
}

function nameOf({id}: LetterGroup): string {
  return id ?? ''
}

function makeRow(group: LetterGroup, {queue, where, onDiagnose}: GroupTableOptions): ShownRow<LetterGroup> {
  const cells = {
    letters: figure('letters'),
    records: figure('records'),
    share: figure('share'),
    first: time('first'),
    last: time('last'),
  }
  const rate = {curve: new Sparkline(), words: h('span', {class: 'hint'})}
  const filter = () => withGroup(where(), group)
  const link = h('a', {'data-row': true, class: 'clamp'}, group.reason)
  const ask = () => onDiagnose(group, filter())
  const button = h('button', {type: 'button', class: 'quiet', on: {click: ask}}, 'would they pass?')
  const node = h(
    'tr',
    {},
    cells.letters,
    cells.records,
    cells.share,
    h('th', {scope: 'row', class: 'reason'}, link),
    h('td', {class: 'code'}, group.code),
    h('td', {class: 'place text'}, placeWords(group)),
    h('td', {class: 'error text'}, group.error),
    h('td', {class: 'rate'}, rate.curve.node, rate.words),
    cells.first,
    cells.last,
    h('td', {class: 'act'}, button),
  )
  return {
    node,
    show({letters, records, share, perMinute, firstFailedAt, lastFailedAt}) {
      link.href = to.letters(queue, filter())
      setText(cells.letters, count(letters))
      setText(cells.records, count(records))
      setText(cells.share, `${(share * 100).toFixed(1)} %`)
      rate.curve.show(perMinute)
      setText(rate.words, `at most ${count(Math.max(...perMinute))}/min`)
      setText(cells.first, moment(firstFailedAt))
      setText(cells.last, moment(lastFailedAt))
    },
  }
}

function figure(name: string): HTMLElement {
  return h('td', {class: `figure ${name}`})
}

function time(className: string): HTMLElement {
  return h('td', {class: `time ${className}`})
}
