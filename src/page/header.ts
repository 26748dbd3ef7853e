import {h, setAttribute, setText} from './dom.ts'
import {showJump} from './jump.ts'
import {showKeys} from './key-help.ts'
import {type LinkState, onLink} from './live.ts'
import {to} from './router.ts'
import {nextTheme, readTheme} from './theme.ts'

const PLACES = [
  ['Queues', to.overview],
  ['Operations', to.operations],
  ['Server', to.server],
  ['Audit', to.audit],
] as const

const LINK_WORDS: Record<LinkState['state'], string> = {
  idle: '',
  connecting: 'connecting',
  live: 'live',
  away: 'no answer',
  trouble: 'trouble',
}

/** The top of the page: where one may go, where one is, and whether the figures are of now. */
export function makeHeader(badge: HTMLElement): HTMLElement {
  return h(
    'header',
    {class: 'top'},
    h('a', {class: 'home', href: to.overview}, 'qtool'),
    badge,
    makeNavigation(),
    h('span', {class: 'spring'}),
    makeLink(),
    button('Jump', 'Jump to a queue (Ctrl+K)', () => void showJump()),
    makeThemeButton(),
    button('?', 'What keys do (?)', showKeys),
  )
}

function makeNavigation(): HTMLElement {
  const links = PLACES.map(([name, href]) => h('a', {href}, name))
  const mark = () => {
    const here = `#/${location.hash.split('/')[1] ?? ''}`
    for (const link of links) {
      const isHere = link.hash === here || (here === '#/queue' && link.hash === to.overview)
      setAttribute(link, 'aria-current', isHere ? 'page' : null)
    }
  }
  addEventListener('hashchange', mark)
  mark()
  return h('nav', {'aria-label': 'Views'}, ...links)
}

function makeLink(): HTMLElement {
  const node = h('span', {class: 'link'})
  onLink(({state}) => {
    node.dataset.state = state
    setText(node, LINK_WORDS[state])
  })
  return node
}

const THEME_SIGNS = {auto: '◐', light: '○', dark: '●'}

function makeThemeButton(): HTMLElement {
  const node = button('', '', () => show(nextTheme()))
  const show = (theme: keyof typeof THEME_SIGNS) => {
    setText(node, THEME_SIGNS[theme])
    const words = `Colours: ${theme === 'auto' ? 'as the system has them' : theme}`
    for (const name of ['title', 'aria-label']) setAttribute(node, name, words)
  }
  show(readTheme())
  return node
}

function button(text: string, title: string, click: () => void): HTMLButtonElement {
  return h('button', {type: 'button', class: 'quiet', title, on: {click}}, text)
}
