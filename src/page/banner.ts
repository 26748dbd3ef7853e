import {fill, h, setAttribute} from './dom.ts'
import {duration, moment} from './format.ts'
import {type LinkState, onLink} from './live.ts'

/** Says why the figures are not of now, what was tried, and when it is tried again. It goes away by itself. */
export function makeBanner(): HTMLElement {
  const node = h('div', {class: 'banner', role: 'status', hidden: true})
  onLink((link) => {
    const words = wordsOf(link)
    node.hidden = words === undefined
    // Views dim their figures while they are old
    setAttribute(document.documentElement, 'data-old', words !== undefined)
    if (words) fill(node, h('strong', {}, words.what), ' ', words.more)
  })
  return node
}

function wordsOf(link: LinkState): {what: string; more: string} | undefined {
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
    more: `Away since ${moment(since)}; tried ${tried}, next try in ${duration(nextTryMs)}.`,
  }
}
