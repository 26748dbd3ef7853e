import {makeBadge} from './badge.ts'
import {makeBanner} from './banner.ts'
import {h} from './dom.ts'
import {makeHeader} from './header.ts'
import {showJump} from './jump.ts'
import {showKeys} from './key-help.ts'
import {bindKeys, listenForKeys} from './keys.ts'
import {startViews} from './navigate.ts'
import {noticeNodes} from './notices.ts'
import {to} from './router.ts'
import {applyTheme} from './theme.ts'

applyTheme()
const go = (hash: string) => () => {
  location.hash = hash
}
bindKeys(
  {keys: 'g q', says: 'queues', run: go(to.overview)},
  {keys: 'g o', says: 'operations', run: go(to.operations)},
  {keys: 'g s', says: 'server', run: go(to.server)},
  {keys: 'g a', says: 'audit', run: go(to.audit)},
  {keys: 'Ctrl+K', says: 'jump to a queue', run: () => void showJump()},
  {keys: '?', says: 'this list', run: showKeys},
)
listenForKeys()
const skip = h('a', {class: 'skip', href: '#main', on: {click: skipToMain}}, 'Skip to the view')
document.body.append(skip, makeHeader(makeBadge()), makeBanner(), startViews(), ...noticeNodes)

/** The address after `#` is the view, so it must not change. */
function skipToMain(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}
