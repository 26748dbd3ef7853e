import type {Health} from '../server/probes.ts'
import {fill, h, setAttribute} from './dom.ts'
import {duration, moment} from './format.ts'
import {watchHealth} from './health.ts'
import {type LinkState, onLink} from './live.ts'

interface Words {
  what: string
  more: string
}

/** Says what is away, what was tried, and when it is tried again. Each line goes away by itself. */
export function makeBanner(): HTMLElement {
  const link = makeLine()
  const postgres = makeLine()
  onLink((state) => {
    const words = linkWords(state)
    link.show(words)
    // Views dim their figures while they are old
    setAttribute(document.documentElement, 'data-old', words !== undefined)
  })
  watchHealth((health) => postgres.show(postgresWords(health)))
  return h('div', {role: 'status'}, link.node, postgres.node)
}

function makeLine(): {node: HTMLElement; show(words: Words | undefined): void} {
  const node = h('div', {class: 'banner', hidden: true})
  return {
    node,
    show(words) {
      node.hidden = words === undefined
      const said = words ? `${words.what} ${words.more}` : ''
      if (node.textContent === said) return
      fill(node, ...(words ? [h('strong', {}, words.what), ' ', words.more] : []))
    },
  }
}

function linkWords(link: LinkState): Words | undefined {
  if (link.state === 'away') {
    return {
      what: `${link.message}.`,
      more: `The figures are from ${moment(link.since)}; next try in ${duration(link.nextTryMs)}.`,
    }
  }
  if (link.state !== 'trouble') return undefined
  const {tried, message, since, nextTryMs} = link.trouble
  return {
    what: `${message}.`,
    // 0 for a try that is under way, and takes long
    more: `Tried ${tried} since ${moment(since)}; ${nextTryMs === 0 ? 'still waiting' : `next try in ${duration(nextTryMs)}`}.`,
  }
}

/** What needs Postgres waits, while queues are shown as ever. */
function postgresWords({postgres}: Health): Words | undefined {
  if (postgres?.status !== 'away') return undefined
  return {
    what: 'Postgres does not answer.',
    more: `${postgres.message ?? 'No reason is known'}; it is asked every few seconds. Items wait in Redis meanwhile.`,
  }
}
